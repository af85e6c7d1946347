import Foundation
import Postgres

/// Constraints that were added NOT VALID, and rows that break them: any UPDATE of such a row is refused, the backfill's
/// too.
struct UnprovenChecks {
    let session: Session
    let table: TableSnapshot
    let names: ColumnNames

    /// How long a search for a row that breaks a constraint may take.
    static let patience = 2.0

    /// A constraint that no row was ever held against but new ones.
    struct Unproven: Decodable {
        let name: Identifier
        let table: QualifiedName
        let condition: String
        let meaning: Meaning

        var object: String { "constraint \(name) on \(table)" }

        /// Finds the rows that break it.
        var query: SQL { "SELECT * FROM \(table) AS t WHERE NOT (\(server: condition))" }

        /// What to do about them.
        var wayOut: String {
            "Find such rows: \(query); mend them (UPDATE \(table) SET … WHERE NOT (\(condition))), or drop the constraint "
                + "until the change is over (ALTER TABLE \(table) DROP CONSTRAINT \(name))."
        }
    }

    /// What a search came to.
    enum Search: Hashable {
        case none
        case row(key: String)
        case unknown(reason: String)
    }

    /// Refuses where a row that the backfill will write breaks a constraint, and asks where that can't be told soon.
    func findings() async throws -> [Finding] {
        guard let column = table.column(names.original) else { return [] }
        // A column that is filled gets another value before the constraint is looked at.
        let filled = names.added == nil ? column.number : nil
        let written: SQL = names.added == nil ? column.isNull() : "NOT (\(column.isNull()))"
        var findings: [Finding] = []
        for constraint in try await all(except: filled) {
            switch try await search(constraint, among: written) {
            case .none: break
            case .row(let key):
                findings.append(
                    .refused(
                        constraint.object,
                        "it is NOT VALID, and row \(key) breaks it: the server would refuse the backfill's update of that row",
                        wayOut: constraint.wayOut
                    )
                )
            case .unknown(let reason):
                findings.append(
                    .acknowledge(
                        constraint.object,
                        "it is NOT VALID, and whether a row breaks it, at which the backfill would stop, was not found out: "
                            + reason,
                        wayOut: String(constraint.wayOut.dropLast())
                    )
                )
            }
        }
        return findings
    }

    /// Those of the table and of its partitions. A foreign key is not looked at again while its columns stay.
    func all(except column: Int?) async throws -> [Unproven] {
        let document: String = try await session.value(
            """
            SELECT coalesce(json_agg(json_build_object(
                'name', con.conname, 'table', json_build_object('schema', n.nspname, 'name', c.relname),
                'condition', coalesce(pg_get_expr(con.conbin, con.conrelid), (
                    SELECT format('%I IS NOT NULL', a.attname) FROM pg_attribute a
                    WHERE a.attrelid = con.conrelid AND a.attnum = con.conkey[1])),
                'meaning', \(Meaning.json(of: "con.conbin"))) ORDER BY con.conname COLLATE "C", c.oid), '[]'::json)::text
            FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE con.contype IN ('c', 'n') AND NOT con.convalidated AND (con.conrelid = \(table.oid)::oid OR con.coninhcount = 0)
              AND con.conrelid IN (SELECT relid::oid FROM pg_partition_tree(\(table.oid)::oid::regclass)
                                   UNION SELECT \(table.oid)::oid)
              AND coalesce((to_jsonb(con) ->> 'conenforced')::boolean, true)
              AND NOT coalesce(\(column.map(String.init))::smallint = ANY (con.conkey), false)
            """
        )
        return try JSONDecoder().decode([Unproven].self, from: Data(document.utf8))
    }

    /// Looks for the first row that breaks a constraint, for a short time.
    ///
    /// - Parameter written: which rows matter.
    func search(_ constraint: Unproven, among written: SQL) async throws -> Search {
        // Under another search_path the text could call what nobody has looked at.
        guard constraint.meaning.schemas.isEmpty else {
            return .unknown(reason: "it compares by an operator '=' that its text doesn't name")
        }
        do {
            try await session.run("BEGIN")
            try await session.run(
                """
                SELECT pg_catalog.set_config('statement_timeout', \(String(Int(Self.patience * 1000))), true),
                       pg_catalog.set_config('transaction_read_only', 'on', true)
                """
            )
            let rows = try await session.run(
                """
                SELECT \(Verification.keyText(table.primaryKey)) AS key FROM \(constraint.table) AS t
                WHERE NOT (\(server(constraint.condition))) AND \(written) LIMIT 1
                """
            ).rows
            await session.rollback()
            return try rows.first.map { .row(key: try $0["key"]) } ?? .none
        } catch let error as PostgresError {
            guard case .server(let server) = error else { throw error }
            await session.rollback()
            return .unknown(
                reason: server.state == .queryCanceled
                    ? "\(Seconds.text(Self.patience)) were not enough" : server.message
            )
        }
    }

    private func server(_ text: String) -> SQL { "\(server: text)" }
}
