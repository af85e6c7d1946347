import Postgres

/// Finds sessions whose present or last statement names a legacy column, and prepared transactions that hold the table.
struct SessionEvidence: Sendable {
    let session: Session
    let judge: StatementJudge
    let columns: [LegacyColumn]

    /// What was found; statements of sessions that this role may not see are counted.
    func read() async throws -> (found: [Evidence.Session], hidden: Int) {
        let rows = try await session.run(
            """
            SELECT a.pid, a.usename::text AS login, a.usesysid AS role, a.application_name AS application, a.state, a.query,
                   extract(epoch FROM clock_timestamp() - a.state_change)::float8 AS seconds,
                   a.query = '<insufficient privilege>' AS is_hidden
            FROM pg_stat_activity a
            WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
              AND coalesce(a.backend_type, 'client backend') = 'client backend'
              AND a.application_name IS DISTINCT FROM 'online-change'
            ORDER BY a.state = 'active' DESC, a.state_change DESC
            """
        ).rows
        var found: [Evidence.Session] = []
        var hidden = 0
        for row in rows {
            guard try !(row["is_hidden"] as Bool) else {
                hidden += 1
                continue
            }
            let words = StatementWords(try row["query"])
            guard let basis = try await basis(words, role: row["role"], called: row["login"]) else { continue }
            found.append(
                Evidence.Session(
                    pid: try row["pid"],
                    user: try row["login"],
                    application: try row["application"],
                    state: try row["state"],
                    seconds: (try row["seconds"] as Double?).map { max(0, $0) },
                    query: words.shortened(to: 160),
                    basis: basis
                )
            )
        }
        return (found, hidden)
    }

    private func basis(_ words: StatementWords, role: UInt32?, called name: String?) async throws -> Evidence.Basis? {
        let named = columns.filter { $0.isNamed(in: words) }
        guard !named.isEmpty else { return nil }
        // A text that the server has cut can't be parsed, and is judged as a text.
        let answer = try await judge.answer(words.parameterized, ofRole: role ?? 0, called: name ?? "")
        for column in named {
            if let basis = try await judge.basis(answer, words, column) { return basis }
        }
        return nil
    }

    func preparedTransactions() async throws -> [Blocker] {
        let locks = columns.map { TableLock(table: $0.table, mode: .accessExclusive, reason: "the column is dropped") }
        return try await Blocker.holding(locks, on: session).filter { $0.prepared != nil }
    }
}
