import Postgres

/// Indexes that a failed concurrent build has left: they cost every write and serve no reader.
enum IndexAilments: DoctorCheck {
    static func ailments(_ subject: DoctorSubject) async throws -> [Ailment] {
        try await subject.session.run(
            """
            SELECT i.indexrelid::regclass::text AS name, i.indrelid::regclass::text AS "table",
                   c.relkind = 'I' AS is_partitioned
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE NOT i.indisvalid AND \(subject.isOfInterest("i.indrelid"))
              AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
            ORDER BY 1 LIMIT 10
            """
        ).rows.map { row in
            let name: String = try row["name"]
            return try row["is_partitioned"]
                ? .worthKnowing(
                    "index \(name)",
                    "it is invalid: not every partition of \(try row["table"] as String) has its part",
                    "Build the missing parts and attach them, or drop it."
                )
                : .hurts(
                    "index \(name)",
                    "it is invalid: a concurrent build on \(try row["table"] as String) has failed, and every write keeps it up",
                    "REINDEX INDEX CONCURRENTLY \(name); or: DROP INDEX CONCURRENTLY \(name);"
                )
        }
    }
}
