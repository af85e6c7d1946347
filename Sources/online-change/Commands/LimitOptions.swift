import ArgumentParser
import OnlineChange

/// What holds a backfill back and how fast it may go: for commands that start a change and for `tune`.
struct LimitOptions: ParsableArguments {
    @Option(help: Self.help(.batchTime)) var batchTime: String?
    @Option(name: .customLong(LimitName.batchWAL.rawValue), help: Self.help(.batchWAL)) var batchWAL: String?
    @Option(
        help: ArgumentHelp(
            "\(LimitName.workers.summary) (default: what max_parallel_workers_per_gather is on the server, from 1 to 4)",
            valueName: LimitName.workers.unit.placeholder
        )
    )
    var workers: String?
    @Option(help: Self.help(.maxRate)) var maxRate: String?
    @Option(help: Self.help(.lag)) var lagLimit: String?
    @Option(help: Self.help(.lagTime)) var lagTimeLimit: String?
    @Option(help: Self.help(.slotWAL)) var slotLimit: String?
    @Option(help: Self.help(.checkpoints)) var maxCheckpoints: String?
    @Option(help: Self.help(.activeBackends)) var maxActive: String?
    @Option(help: Self.help(.lockWaiters)) var maxWaiters: String?
    @Option(help: Self.help(.snapshotAge)) var maxSnapshotAge: String?
    @Option(help: Self.help(.commitTime)) var maxCommitTime: String?
    @Option(help: Self.help(.growth)) var maxBloat: String?

    @Option(
        help: ArgumentHelp(
            "The hours in which to work: 22:00-06:00, or '22:00-06:00 Europe/Berlin'; without a name in the server's time "
                + "zone. (default: off)",
            valueName: "hours"
        )
    )
    var only: String?

    @Option(
        help: ArgumentHelp(
            "A query that holds the backfill back while it gives true or a number above zero; NULL, an error and more than "
                + "a second do too. Runs as the table's owner. (default: off)",
            valueName: "sql"
        )
    )
    var throttleQuery: String?

    func validate() throws {
        do {
            _ = try limits
        } catch let failure as Failure {
            throw ValidationError(failure.message + ".")
        }
    }

    /// What was given.
    var limits: Limits {
        get throws {
            let given: [(LimitName, String?)] = [
                (.batchTime, batchTime), (.batchWAL, batchWAL), (.workers, workers), (.maxRate, maxRate),
                (.lag, lagLimit), (.lagTime, lagTimeLimit), (.slotWAL, slotLimit), (.checkpoints, maxCheckpoints),
                (.activeBackends, maxActive), (.lockWaiters, maxWaiters), (.snapshotAge, maxSnapshotAge),
                (.commitTime, maxCommitTime), (.growth, maxBloat),
            ]
            var limits: Limits = [:]
            let more = [("only", only), ("throttle-query", throttleQuery)]
            for (option, text) in given.map({ ($0.rawValue, $1) }) + more {
                if let text { try limits.set(option, to: text) }
            }
            return limits
        }
    }

    private static func help(_ name: LimitName) -> ArgumentHelp {
        ArgumentHelp(
            "\(name.summary) (default: \(name.text(name.standard)))",
            valueName: name.unit.placeholder
        )
    }
}
