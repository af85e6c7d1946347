import Postgres

/// Vacuums a table in the midst of its backfill, beside the workers.
struct BackfillVacuum: Sendable {
    let context: RunContext
    let relation: HeapRelation

    /// Where another vacuum is at work already, this one has nothing to add. TRUNCATE would take ACCESS EXCLUSIVE.
    static func statement(_ table: QualifiedName) -> SQL {
        "VACUUM (SKIP_LOCKED, TRUNCATE false) \(table)"
    }

    /// Vacuums it. The backfill needs it for no more than room, so a failure is told and then forgotten.
    func run() async {
        do {
            let session = try await context.openSession()
            do {
                try await vacuum(on: session)
            } catch {
                await session.close()
                throw error
            }
            await session.close()
        } catch {
            guard !Task.isCancelled else { return }
            await context.report(.notice("the vacuum of \(relation.name) amid the backfill ended early: \(error)"))
        }
    }

    /// A vacuum by hand gives way to nobody, and behind whoever waits for it others queue: so it is ended for them.
    private func vacuum(on session: Session) async throws {
        let backend: Int = try await session.value("SELECT pg_backend_pid()")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await context.lockGuard.runConcurrently(Self.statement(relation.name), on: session)
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: .milliseconds(50))
                    let waiters = try await Throttle.waiters(behind: [backend], on: context.observer)
                    if waiters > 0 { throw VacuumInTheWay() }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

/// Someone waits for a lock that the vacuum holds.
private struct VacuumInTheWay: Error, CustomStringConvertible {
    var description: String { "another session waited for its lock" }
}
