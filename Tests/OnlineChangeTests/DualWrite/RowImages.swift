import Postgres
import TestSupport
import Testing

/// Records an issue if a row of `t` holds two images.
///
/// - Parameter cast: what makes a domain's values comparable: `::numeric`.
func expectInSync(
    _ connection: Connection,
    cast: SQL = "",
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let different = try await connection.run(
        """
        SELECT format('%s: %s|%s', id, name, full_name) AS row FROM t
        WHERE ROW(name\(cast))::record OPERATOR(pg_catalog.*<>) ROW(full_name\(cast))::record ORDER BY id LIMIT 5
        """
    ).rows.map { try $0["row"] as String }
    #expect(different == [], sourceLocation: sourceLocation)
}

extension Connection {
    /// Runs a statement while no trigger of `t` fires, and leaves the triggers as they were.
    func whileTriggersSleep(_ statement: SQL) async throws {
        try await script([
            "BEGIN", "ALTER TABLE t DISABLE TRIGGER ALL", statement,
            """
            DO $$
            DECLARE ours name;
            BEGIN
                FOR ours IN SELECT tgname FROM pg_trigger WHERE tgrelid = 't'::regclass AND tgname LIKE '%online_change %'
                LOOP EXECUTE format('ALTER TABLE t ENABLE ALWAYS TRIGGER %I', ours); END LOOP;
            END $$
            """,
            "COMMIT",
        ])
    }
}

extension TestServer {
    /// Whether the server was built with what a statement needs.
    static func canRun(_ statement: SQL) async -> Bool {
        guard let connection = try? await Connection.open(parameters()) else { return false }
        let outcome = try? await connection.run(Query(statement))
        await connection.close()
        return outcome != nil
    }
}
