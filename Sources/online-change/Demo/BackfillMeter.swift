import OnlineChange
import Synchronization

/// Reads from a run's events how fast rows were copied.
final class BackfillMeter: Sendable {
    private struct State {
        var rows = 0
        var rate: Double?
    }

    private let state = Mutex(State())

    /// Rows a second over the whole backfill, its waits included; nil before its end.
    var rate: Double? { state.withLock { $0.rate } }

    /// Takes note of an event.
    func hear(_ event: Event) {
        state.withLock { state in
            switch event {
            case .stepStarted:
                state.rows = 0
            case .progress(let progress) where progress.activity == "backfill":
                state.rows = progress.rows
            case .stepFinished(_, let seconds, _, _) where state.rows > 0 && seconds > 0:
                state.rate = Double(state.rows) / seconds
                state.rows = 0
            default:
                break
            }
        }
    }
}
