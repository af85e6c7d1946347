import Postgres

extension Runner {
    /// Waits until a change has reached a phase, whoever runs it and wherever; looks into the ledger and changes nothing.
    ///
    /// A change that nobody has begun yet is waited for too, and so is a server that was lost.
    ///
    /// - Parameters:
    ///   - reference: the change's name or number.
    ///   - timeout: how long to wait, in seconds.
    /// - Throws: `Failure.notNow` if it isn't reached in time, `.refused` if it was rolled back or nobody began it.
    public func wait(_ reference: String, for phase: String, timeout: Double) async throws {
        let start = ContinuousClock.now
        var wasConnected = false
        var waiting = Waiting(reference: reference, phase: phase, timeout: timeout)
        try await reconnecting(policy: ReconnectPolicy(patience: timeout, losses: .max)) { connected in
            let isOver = (ContinuousClock.now - start).seconds > timeout
            if wasConnected, isOver { throw waiting.serverStaysAway }
            let session = try await Session.open(parameters)
            connected()
            wasConnected = true
            do {
                try await wait(&waiting, since: start, on: session)
                await session.close()
            } catch {
                await session.close()
                throw error
            }
        }
        await report(.phaseReached(phase: phase, gate: nil, next: nil))
    }

    private func wait(_ waiting: inout Waiting, since start: ContinuousClock.Instant, on session: Session) async throws
    {
        let ledger = Ledger(session: session)
        while true {
            var standing: Standing?
            var near: [String] = []
            if try await LedgerAccess.open(session) {
                standing = try await ledger.change(waiting.reference).map { Standing($0) }
                standing?.isDurable = try await !Throttle.mayForget(session)
                if standing == nil {
                    near = Array(NearName.among(try await ledger.names(), to: waiting.reference).prefix(2))
                }
            }
            switch waiting.next(standing, near: near, elapsed: (ContinuousClock.now - start).seconds) {
            case .reached: return
            case .over(let failure): throw failure
            case .wait(let seconds, let notice):
                if let notice { await report(.notice(notice)) }
                try await Task.sleep(for: .seconds(seconds))
            }
        }
    }
}
