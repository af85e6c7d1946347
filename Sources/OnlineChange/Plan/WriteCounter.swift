import Postgres

/// Counts writes, and when the first and the last one came, without a row lock and without waiting for a transaction's
/// end: three sequences, which the trigger function of a table's owner moves.
///
/// Writes that are rolled back count too. After a crash of the server the count may be up to 32 too high, for a sequence
/// is logged ahead.
struct WriteCounter: Hashable, Sendable {
    let count: QualifiedName
    let first: QualifiedName
    let last: QualifiedName

    private var names: [QualifiedName] { [count, first, last] }

    /// Creates the sequences. Whoever may use the ledger's schema may read them; grants on its tables don't.
    var creation: [SQL] {
        names.map { "CREATE SEQUENCE IF NOT EXISTS \($0) MINVALUE 0 START 0" }
            + ["GRANT SELECT ON SEQUENCE \(SQL.joined(names.map { "\($0)" })) TO PUBLIC"]
    }

    /// Drops them.
    var removal: [SQL] { names.map { "DROP SEQUENCE IF EXISTS \($0)" } }

    /// Begins at nothing, whatever was counted before.
    var reset: SQL {
        "SELECT \(SQL.joined(names.map { "pg_catalog.setval(\(regclass($0)), 0, false)" }))"
    }

    /// The statements of a trigger function that count a write. The first one alone is told that it is number 0.
    ///
    /// What every write runs is an expression: measured, half of what PERFORM costs.
    var statements: SQL {
        let now: SQL =
            "(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8"
        return """
            IF pg_catalog.nextval(\(regclass(count))) OPERATOR(pg_catalog.=) 0 THEN
                PERFORM pg_catalog.setval(\(regclass(first)), pg_catalog.setval(\(regclass(last)), \(now)));
              ELSIF pg_catalog.setval(\(regclass(last)), \(now)) IS NULL THEN
                NULL;
              END IF;
            """
    }

    private func regclass(_ name: QualifiedName) -> SQL {
        "\(literal: name.quoted)::pg_catalog.regclass"
    }

    /// Reads what was counted; nil if there is no such counter.
    ///
    /// A change that an older release planned has no note of the first write.
    func read(_ session: Session) async throws -> CountedWrites? {
        let exist = try await session.run(
            "SELECT to_regclass(\(count.quoted)) IS NOT NULL AS counts, to_regclass(\(first.quoted)) IS NOT NULL AS dates"
        ).rows[0]
        guard try exist["counts"] else { return nil }
        let source: SQL = try exist["dates"] ? "\(first)" : "(SELECT 0::bigint AS last_value, false AS is_called)"
        let row = try await session.run(
            """
            SELECT CASE WHEN w.is_called THEN w.last_value + 1 ELSE 0 END AS writes,
                   CASE WHEN f.is_called THEN to_timestamp(f.last_value / 1000.0)::text END AS first,
                   CASE WHEN l.is_called THEN to_timestamp(l.last_value / 1000.0)::text END AS last,
                   CASE WHEN l.is_called THEN extract(epoch FROM clock_timestamp()) - l.last_value / 1000.0 END::float8 AS age
            FROM \(count) w, \(source) f, \(last) l
            """
        ).rows[0]
        return CountedWrites(
            count: try row["writes"],
            first: try row["first"],
            last: try row["last"],
            secondsAgo: (try row["age"] as Double?).map { max(0, $0) }
        )
    }

    /// A statement that fails with `SQLState.assertionFailed` if another number of writes has been counted meanwhile.
    func assertion(_ counted: CountedWrites) -> SQL {
        let body: SQL = """
            BEGIN
              IF (SELECT CASE WHEN is_called THEN last_value + 1 ELSE 0 END FROM \(count)) <> \(counted.count) THEN
                RAISE EXCEPTION USING ERRCODE = \(literal: SQLState.assertionFailed.code);
              END IF;
            END
            """
        return "DO LANGUAGE plpgsql \(literal: body.text)"
    }
}

/// What a counter has counted.
struct CountedWrites: Hashable, Sendable {
    /// How many.
    let count: Int
    /// When the first one came, as the server writes it; nil if none did or its time is not known.
    let first: String?
    /// When the last one came.
    let last: String?
    /// How long ago that was, in seconds, by the server's clock.
    let secondsAgo: Double?
}
