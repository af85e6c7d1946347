import Postgres

extension TestDatabase {
    /// Drops the database with all that a failed test may have left in it and that FORCE alone refuses.
    func drop(on maintenance: Connection) async throws {
        let prepared = try await maintenance.run("SELECT gid FROM pg_prepared_xacts WHERE database = \(name)").rows
        let subscriptions = try await maintenance.run(
            """
            SELECT subname FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = \(name)
            """
        ).rows
        if !prepared.isEmpty || !subscriptions.isEmpty {
            let inside = try await connect()
            for row in prepared { try await inside.run("ROLLBACK PREPARED \(SQL("\(literal: row["gid"])"))") }
            for row in subscriptions {
                let subscription = Identifier(try row["subname"])
                try await inside.run("ALTER SUBSCRIPTION \(subscription) DISABLE")
                try await inside.run("ALTER SUBSCRIPTION \(subscription) SET (slot_name = NONE)")
                try await inside.run("DROP SUBSCRIPTION \(subscription)")
            }
            await inside.close()
        }
        try await endReplication(on: maintenance)
        try await maintenance.run("DROP DATABASE \(Identifier(name)) WITH (FORCE)")
    }

    /// An unused logical slot goes with its database; one in use forbids dropping it.
    private func endReplication(on maintenance: Connection) async throws {
        try await maintenance.run(
            """
            SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots
            WHERE database = \(name) AND active_pid IS NOT NULL
            """
        )
    }
}
