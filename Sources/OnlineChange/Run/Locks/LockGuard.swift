import Postgres

/// The proof that a statement comes from the lock guard: only this file can make one.
struct DDLPermit {
    fileprivate init() {}
}

/// The one way to run DDL.
///
/// Before a strong lock is asked for, whoever would block it is looked at; behind an old transaction we don't queue.
/// A weak lock is taken first, which makes an autovacuum leave and disturbs nobody; then the strong one, with a short
/// timeout, in the same transaction. On a timeout everything is undone and tried again, up to a deadline.
struct LockGuard: Sendable {
    let policy: LockPolicy
    /// Reads who holds locks: a session of the login role, which may see more of others than the table's owner.
    let observer: Session
    let report: @Sendable (Event) async -> Void

    /// What an attempt to take locks cost.
    struct Effort: Hashable, Sendable {
        var waited = 0.0
        var retries = 0
    }

    /// Runs a transaction.
    ///
    /// - Parameters:
    ///   - assertions: statements that fail if something no longer holds, run once the locks are held.
    ///   - record: statements for the ledger that commit together with the work.
    /// - Throws: `Failure.notNow` at the deadline, with everything undone.
    @discardableResult
    func run(
        _ transaction: GuardedTransaction,
        on session: Session,
        assertions: [SQL] = [],
        record: (Effort) -> [SQL] = { _ in [] }
    ) async throws -> Effort {
        let start = ContinuousClock.now
        var effort = Effort()
        var lastReport = -1.0
        var inTheWay: Set<Blocker.Identity> = []
        while true {
            effort.waited = (ContinuousClock.now - start).seconds
            // A transaction whose age we may not see is old if it was in the way of the last attempt already.
            let old = try await Blocker.holding(transaction.locks, on: observer)
                .filter { $0.age.map { $0 > policy.oldTransaction } ?? inTheWay.contains($0.identity) }
            guard old.isEmpty else {
                try giveUpIfLate(effort, blockers: old, transaction)
                if lastReport < 0 || effort.waited - lastReport >= 2 {
                    lastReport = effort.waited
                    await report(.waitingForLock(blockers: old, seconds: effort.waited))
                }
                try await Task.sleep(for: .seconds(policy.pause(whileBlockedFor: effort.waited)))
                continue
            }
            do {
                try await attempt(transaction, on: session, assertions: assertions, record: record(effort))
                return effort
            } catch let error as PostgresError where error.isLockTrouble {
                await session.rollback()
                let blockers = try await Blocker.holding(transaction.locks, on: observer)
                inTheWay = Set(blockers.map(\.identity))
                try giveUpIfLate(effort, blockers: blockers, transaction)
                let pause = policy.pause(afterAttempt: effort.retries, jitter: .random(in: 0...1))
                effort.retries += 1
                await report(.lockNotObtained(attempt: effort.retries, blockers: blockers, pause: pause))
                try await Task.sleep(for: .seconds(pause))
            } catch {
                await session.rollback()
                throw error
            }
        }
    }

    private func attempt(
        _ transaction: GuardedTransaction,
        on session: Session,
        assertions: [SQL],
        record: [SQL]
    ) async throws {
        let permit = DDLPermit()
        // COMMIT must not wait for a standby while it holds the lock (PostgreSQL documentation, 30.1).
        var opening: [SQL] = ["BEGIN", "SET LOCAL synchronous_commit = local"]
        opening += transaction.preparation
        opening.append("SET LOCAL lock_timeout = \(policy.weakLockWait)")
        opening += transaction.locks.compactMap { $0.statement(.shareUpdateExclusive) }
        try await session.script(opening, permit: permit)

        // One message from the first strong lock to COMMIT: neither the network nor a stop of this process can make
        // the lock last longer.
        var rest: [SQL] = [
            "SET LOCAL lock_timeout = \(policy.strongLockWait)",
            "SELECT pg_catalog.set_config('online_change.since', pg_catalog.clock_timestamp()::text, true)",
        ]
        // lock_timeout counts for each partition alone, so what is left of the budget bounds the whole statement.
        rest += transaction.locks.flatMap { lock in
            lock.statement(lock.mode).map { [leftOfBudget, $0] } ?? []
        }
        for statement in assertions + transaction.statements + record {
            // Without a lock that an application could wait for, nothing is in a hurry.
            rest += transaction.locks.isEmpty ? [statement] : [leftOfBudget, statement]
        }
        try await session.script(rest + ["COMMIT"], permit: permit, cancellable: false)
    }

    /// Gives the next statement what is left of the whole transaction's time: statement_timeout counts for each alone.
    ///
    /// Every operator bears its schema, for a statement of the user's text may stand beside it with a path of its own.
    private var leftOfBudget: SQL {
        """
        SELECT pg_catalog.set_config('statement_timeout', greatest(1::numeric, \(policy.budget)::numeric OPERATOR(pg_catalog.-)
          (1000::numeric OPERATOR(pg_catalog.*) extract(epoch FROM pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-)
            pg_catalog.current_setting('online_change.since')::timestamptz)))::int::text, true)
        """
    }

    private func giveUpIfLate(_ effort: Effort, blockers: [Blocker], _ transaction: GuardedTransaction) throws(Failure)
    {
        guard effort.waited >= policy.deadline else { return }
        let table = transaction.locks.first.map { "\($0.table)" } ?? "the ledger"
        let who = blockers.isEmpty ? "" : " In the way: " + blockers.map(\.description).joined(separator: "; ")
        throw Failure(
            .notNow,
            "no lock on \(table) within \(Seconds.text(policy.deadline)) (\(effort.retries) attempts).\(who)",
            left: "Nothing of this step was done; what was done before it stands.",
            next: "Run the same command again when the table is quieter, or give it longer with --lock-deadline."
                + (blockers.isEmpty ? " Where nobody is in the way, the work itself may need more --lock-timeout." : "")
        )
    }

    /// Runs statements, then `body`, and rolls everything back: what they would give can be looked at, and nothing stays.
    func rehearse<Result>(
        _ statements: [SQL],
        on session: Session,
        body: () async throws -> Result
    ) async throws -> Result {
        try await session.script(["BEGIN"] + statements, permit: DDLPermit())
        let result: Result
        do {
            result = try await body()
        } catch {
            await session.rollback()
            throw error
        }
        await session.rollback()
        return result
    }

    /// Runs `body` in a transaction that is rolled back, with statements that come one by one.
    func rehearse<Result>(on session: Session, body: (Rehearsal) async throws -> Result) async throws -> Result {
        try await rehearse([], on: session) { try await body(Rehearsal(session: session, permit: DDLPermit())) }
    }

    /// Runs a statement that no transaction can hold: CONCURRENTLY, VACUUM.
    ///
    /// There is no lock timeout that could end a build half-way: it takes no lock that a reader or writer waits for.
    ///
    /// - Parameter lookup: schemas in which the statement looks for operators that its text doesn't spell out. The
    ///   session keeps to pg_catalog again afterwards, whatever becomes of the statement.
    func runConcurrently(
        _ statement: SQL,
        tablespace: Identifier? = nil,
        lookup: [Identifier] = [],
        on session: Session
    ) async throws {
        try await session.set("lock_timeout", to: "0")
        try await session.set("default_tablespace", to: tablespace?.name ?? "")
        try await session.set("search_path", to: LookupPath.text(lookup))
        do {
            try await session.script([statement], permit: DDLPermit())
        } catch {
            try? await session.set("search_path", to: LookupPath.text([]))
            throw error
        }
        try await session.set("search_path", to: LookupPath.text([]))
    }
}

extension TableLock {
    /// Takes the lock, in the mode that is asked for; partitions are locked with their table.
    fileprivate func statement(_ mode: LockMode) -> SQL? {
        switch reach ?? .partitions {
        case .partitions: "LOCK TABLE \(table) IN \(server: mode.rawValue) MODE"
        case .alone: "LOCK TABLE ONLY \(table) IN \(server: mode.rawValue) MODE"
        case .index: nil
        }
    }
}

/// A transaction that is going to be rolled back.
struct Rehearsal {
    let session: Session
    fileprivate let permit: DDLPermit

    /// Runs one statement.
    func run(_ statement: SQL) async throws {
        try await session.single(statement, permit: permit)
    }

    /// Runs one statement with names looked up elsewhere than in our path.
    func run(_ statement: SQL, searchPath: String) async throws {
        try await session.set("search_path", to: searchPath)
        try await run(statement)
        try await session.set("search_path", to: LookupPath.text([]))
    }

    /// Takes back what the last attempt did.
    func takeBack() async throws { try await run("ROLLBACK TO SAVEPOINT online_change_attempt") }

    /// Runs statements of which one may fail without harm to the rest.
    ///
    /// - Returns: the error, if one did.
    func attempt(_ body: () async throws -> Void) async throws -> PostgresError? {
        try await run("SAVEPOINT online_change_attempt")
        do {
            try await body()
        } catch let error as PostgresError {
            guard error.state != nil else { throw error }
            try await takeBack()
            return error
        } catch {
            throw error
        }
        return nil
    }
}

extension PostgresError {
    /// Whether a lock was not to be had in time; the same can be tried again.
    var isLockTrouble: Bool {
        switch state {
        case .lockNotAvailable, .queryCanceled, .deadlockDetected, .serializationFailure: true
        default: false
        }
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
