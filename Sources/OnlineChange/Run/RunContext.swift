import Postgres

/// What every step of a run needs: the change, the sessions, the ledger, and whom to tell.
struct RunContext: Sendable {
    /// The session that holds the change's lock and runs its DDL.
    let session: Session
    /// A session of the login role, which sees more of others' activity than the table's owner may.
    let observer: Session
    let parameters: ConnectionParameters
    /// The change as it was when the present phase began.
    var change: ChangeRecord
    let epoch: Int
    let facts: ServerFacts
    let lockGuard: LockGuard
    /// Objects of findings that the user has taken note of.
    let acknowledged: Set<String>
    let report: @Sendable (Event) async -> Void
    /// How long nothing may have come by the legacy column before drop; nil if that doesn't matter.
    var quiet: QuietDemand?
    /// Whether the ledger has a place for samples.
    let keepsSamples: Bool
    /// Who is asked before a phase begins; nil if nobody is.
    var approval: Approval?
    /// The column that the present step is about, by its place among the plan's.
    var place = 0

    var plan: Plan { change.plan }
    /// The column that the present step is about.
    var column: PlannedColumn { plan.columns[place] }
    var ledger: Ledger { Ledger(session: session) }

    /// The longest that a batch may hold its rows, in seconds: an application that waits for one waits no longer than
    /// the lock timeout, and ends before any deadlock_timeout could make it a deadlock's victim.
    var batchBudget: Double {
        Double(min(facts.smallestDeadlockTimeout / 2, lockGuard.policy.strongLockWait)) / 1000
    }

    /// The comparison in the direction that holds now. The swap's own record says which, for the ledger's phase is
    /// written later.
    func verification() async throws -> Verification {
        column.verification(isSwapped: plan.isSwapped(try await ledger.steps(change.id)))
    }

    /// The same for another column of the plan.
    func about(_ place: Int) -> RunContext {
        var context = self
        context.place = place
        return context
    }

    /// What an activity on the present table is called where there are several: `backfill of public.line`.
    func naming(_ activity: String) -> String {
        plan.companions.isEmpty ? activity : "\(activity) of \(column.table)"
    }

    /// Shows that the runner is alive, and what holds its work back; throws if another has taken the change over.
    func beat(waiting: String?, held: [HeldBack] = [], isDurable: Bool = false) async throws {
        try await ledger.beat(change.id, epoch: epoch, waiting: waiting, held: held, isDurable: isDurable)
    }

    /// A watch over what may hold work back, for one run of it.
    func throttleWatch() -> ThrottleWatch {
        ThrottleWatch(session: observer, parameters: parameters, owner: plan.owner)
    }

    /// Another session as the table's owner.
    func openSession() async throws -> Session {
        let session = try await Session.open(parameters)
        try await session.secure(as: plan.owner)
        return session
    }

    /// A session for batches: the user's triggers stay still where the role may see to that, and neither a row's lock
    /// nor the whole batch is waited for longer than the budget (in seconds) allows.
    func openWorker(budget: Double) async throws -> Session {
        let session = try await Session.open(parameters)
        if silencesTriggers {
            try await session.set("session_replication_role", to: "replica")
        }
        // A trigger function of the table's own that fires all the same looks names up as it does for the application.
        try await session.secure(as: plan.owner, keepingPath: try await firesUserTriggers())
        // How many processes work is `--workers` to say.
        try await session.set("max_parallel_workers_per_gather", to: "0")
        let milliseconds = max(2, Int(budget * 1000))
        try await session.set("lock_timeout", to: "\(max(1, milliseconds / 4))")
        try await session.set("statement_timeout", to: "\(milliseconds)")
        return session
    }

    /// Whether batches fire no trigger of the table's own. With them the server's own would stay still too, which check
    /// foreign keys and deferrable keys.
    private var silencesTriggers: Bool {
        facts.canSilenceTriggers && plan.fill?.needsConstraintTriggers != true
    }

    /// Whether an update of a batch fires triggers of the table's own.
    private func firesUserTriggers() async throws -> Bool {
        let firing = silencesTriggers ? ["A", "R"] : ["A", "O"]
        return try await self.session.value(
            """
            SELECT EXISTS (SELECT FROM pg_trigger WHERE NOT tgisinternal AND tgrelid IN (
                SELECT relid::oid FROM pg_partition_tree(\(column.tableOID)::oid::regclass) UNION SELECT \(column.tableOID)::oid)
              AND tgenabled = ANY (\(firing)::text[]) AND tgname <> ALL (\(plan.triggerNames.map(\.name))::text[]))
            """
        )
    }
}
