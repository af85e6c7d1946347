import Postgres

/// Builds and drops indexes concurrently, and tells what became of a build that was interrupted.
struct IndexBuilder: Sendable {
    let context: RunContext

    enum State {
        case missing
        case valid
        case invalid
        case elsewhere
    }

    /// Builds an index unless a valid one of its name stands; an invalid leftover is dropped first.
    func build(_ build: IndexBuild) async throws {
        switch try await state(build.index, table: build.table) {
        case .valid:
            return
        case .elsewhere:
            throw Failure(
                .refused,
                "there is a relation \(build.index) already that is no index of \(build.table)",
                left: "Nothing of this step was done.",
                next: "Rename it, then run the same command again."
            )
        case .invalid:
            await context.report(.notice("index \(build.index.name) was left unfinished: it is dropped and built anew"))
            try await drop(build.index)
        case .missing:
            break
        }
        do {
            try await watched("index \(build.index.name)") { session in
                try await context.lockGuard.runConcurrently(
                    build.statement,
                    tablespace: build.tablespace,
                    lookup: build.lookup ?? [],
                    on: session
                )
            }
        } catch let error as PostgresError {
            guard case .server(let server) = error, !error.isConnectionTrouble else { throw error }
            // A unique index that is left unfinished may refuse the application's rows, and takes room on a full disk.
            try? await drop(build.index)
            guard server.state == .uniqueViolation else { throw error }
            throw duplicates(server, build)
        }
        guard case .valid = try await state(build.index, table: build.table) else {
            throw Failure(
                .notNow,
                "index \(build.index) came out invalid",
                left: "It is not used; the steps before it stand.",
                next: "Run the same command again: it is dropped and built anew."
            )
        }
    }

    private func duplicates(_ server: ServerError, _ build: IndexBuild) -> Failure {
        Failure(
            .data,
            "rows of \(build.table) that differ now would have the same key in a unique index: "
                + (server.detail ?? server.message),
            left: "The unfinished index was dropped; both columns stand.",
            next: "Give these rows values that stay different, then run the same command again; or: "
                + "online-change rollback \(ShellWord(context.change.name))"
        )
    }

    /// Drops an index if it is there.
    func drop(_ index: QualifiedName) async throws {
        try await watched("drop of index \(index.name)") { session in
            try await context.lockGuard.runConcurrently("DROP INDEX CONCURRENTLY IF EXISTS \(index)", on: session)
        }
    }

    /// Vacuums and analyzes a table.
    func vacuum(_ table: QualifiedName) async throws {
        // TRUNCATE would take ACCESS EXCLUSIVE at the end.
        try await watched("vacuum") { session in
            try await context.lockGuard.runConcurrently("VACUUM (ANALYZE, TRUNCATE false) \(table)", on: session)
        }
    }

    /// Has the server prove a constraint; one that is proven already is left alone.
    ///
    /// Partitions one after another, each in a transaction of its own: the table's proof is then theirs together.
    func validate(_ validation: ConstraintValidation) async throws {
        for partition in try await unproven(validation) {
            do {
                try await prove(ConstraintValidation(table: partition, constraint: validation.constraint))
            } catch let error as PostgresError where [.undefinedTable, .undefinedObject].contains(error.state) {
                await context.report(.notice("partition \(partition) left before its proof"))
            }
        }
        try await prove(validation)
    }

    /// Partitions without any of their own in which the constraint isn't proven yet.
    private func unproven(_ validation: ConstraintValidation) async throws -> [QualifiedName] {
        try await context.session.run(
            """
            SELECT n.nspname AS schema, c.relname AS name
            FROM pg_partition_tree(to_regclass(\(validation.table.quoted))) t JOIN pg_class c ON c.oid = t.relid
            JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_constraint con ON con.conrelid = c.oid
            WHERE t.level > 0 AND t.isleaf AND con.conname = \(validation.constraint.name) AND NOT con.convalidated
            ORDER BY c.oid
            """
        ).rows.map {
            QualifiedName(schema: Identifier(try $0["schema"]), name: Identifier(try $0["name"]))
        }
    }

    private func prove(_ validation: ConstraintValidation) async throws {
        let statement = Action.validate(validation).statements[0]
        try await watched("proof of \(validation.constraint)") { session in
            try await context.lockGuard.runConcurrently(statement, on: session)
        }
    }

    func state(_ index: QualifiedName, table: QualifiedName) async throws -> State {
        let rows = try await context.session.run(
            """
            SELECT i.indisvalid, i.indrelid = to_regclass(\(table.quoted)) AS ours
            FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid WHERE c.oid = to_regclass(\(index.quoted))
            """
        ).rows
        guard let row = rows.first else { return .missing }
        let ours: Bool? = try row["ours"]
        guard ours == true else { return .elsewhere }
        return try row["indisvalid"] ? .valid : .invalid
    }

    /// Runs a statement in a session of its own while this one shows how far it is and that we are alive.
    private func watched(_ activity: String, _ body: @Sendable @escaping (Session) async throws -> Void) async throws {
        let worker = try await context.openSession()
        let backend: Int = try await worker.value("SELECT pg_backend_pid()")
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                defer { Task { await worker.close() } }
                try await body(worker)
                return true
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: .milliseconds(500))
                    try await look(activity, backend)
                }
            }
            _ = try await group.next()
            group.cancelAll()
        }
    }

    private func look(_ activity: String, _ backend: Int) async throws {
        let row = try await context.session.run(
            """
            SELECT p.phase, p.blocks_done, p.blocks_total, p.current_locker_pid
            FROM (SELECT \(backend)::int AS pid) me LEFT JOIN pg_stat_progress_create_index p USING (pid)
            """
        ).rows[0]
        let phase: String? = try row["phase"]
        let locker: Int? = try row["current_locker_pid"]
        let waiting = locker.flatMap { $0 == 0 ? nil : "\(activity) waits for pid \($0)" }
        try await context.beat(waiting: waiting ?? phase.map { "\(activity): \($0)" })
        if let done = try row["blocks_done"] as Int?, let total = try row["blocks_total"] as Int?, total > 0 {
            await context.report(
                .progress(
                    Progress(
                        activity: activity,
                        fraction: Double(done) / Double(total),
                        rows: 0,
                        rate: 0,
                        remaining: nil
                    )
                )
            )
        }
    }
}
