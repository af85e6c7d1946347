import Foundation
import Oracles
import Postgres

/// The schema of a real application: an SQL file that `pg_dump --schema-only` wrote.
struct RealSchema: Sendable {
    let file: URL

    var name: String { file.deletingPathExtension().lastPathComponent }

    /// The files of the folder that `ONLINE_CHANGE_SCHEMAS` names or, where it is unset, of `shared/schemas` beside the
    /// package; none where there is no such folder.
    static var all: [RealSchema] {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let named = ProcessInfo.processInfo.environment["ONLINE_CHANGE_SCHEMAS"].map { URL(filePath: $0) }
        let folder = named ?? package.deletingLastPathComponent().appending(path: "shared/schemas")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "sql" }.sorted { $0.path < $1.path }.map { RealSchema(file: $0) }
    }

    /// Runs the file in an empty database.
    ///
    /// - Returns: the first extension that the server lacks; nil if the schema is there.
    func load(_ parameters: ConnectionParameters) async throws -> String? {
        let text = try String(contentsOf: file, encoding: .utf8)
        let connection = try await Connection.open(parameters)
        for match in text.matches(of: /CREATE EXTENSION (?:IF NOT EXISTS )?"?([^" ;]+)/) {
            let name = String(match.1)
            let has: Bool = try await connection.value(
                "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = \(name))"
            )
            guard has else {
                await connection.close()
                return name
            }
        }
        // Newer ones of pg_dump write a line or two for psql.
        let statements = text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("\\") }
        try await connection.script(["\(server: statements.joined(separator: "\n"))"])
        await connection.close()
        return nil
    }

    /// A column of a table that it made.
    struct Column: Sendable {
        let table: QualifiedName
        let name: Identifier
        /// With its length.
        let type: String
        /// All names that the table's columns have.
        let siblings: [Identifier]
    }

    /// Every column of every table.
    static func columns(_ connection: Connection) async throws -> [Column] {
        let rows = try await connection.run(
            """
            SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_'
              AND n.nspname NOT IN ('information_schema', 'online_change')
            ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", a.attnum
            """
        ).rows
        let columns = try rows.map { row in
            Column(
                table: QualifiedName(schema: Identifier(try row["nspname"]), name: Identifier(try row["relname"])),
                name: Identifier(try row["attname"]),
                type: try row["type"],
                siblings: []
            )
        }
        let siblings = Dictionary(grouping: columns, by: \.table).mapValues { $0.map(\.name) }
        return columns.map {
            Column(table: $0.table, name: $0.name, type: $0.type, siblings: siblings[$0.table] ?? [])
        }
    }
}
