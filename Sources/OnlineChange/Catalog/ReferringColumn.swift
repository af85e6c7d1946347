import Postgres

/// A column that a foreign key ties to another whose type changes.
public struct ReferringColumn: Hashable, Sendable {
    /// Its table.
    let table: RelationReference
    /// `pg_class.relkind` of that.
    let kind: String
    /// Its number and name.
    let number: Int
    let name: Identifier
    /// Its type as SQL.
    let type: String
    /// The type that a domain stands on, without modifiers; its own for others.
    let baseType: String
    /// The foreign key.
    let constraint: Identifier
    /// The column that it refers to.
    let referred: ColumnKey

    var key: ColumnKey { ColumnKey(table: table.oid, number: number) }

    /// `column public.line.item`.
    var object: String { "column \(table.name).\(name)" }
}

/// Which column of which table.
struct ColumnKey: Hashable, Sendable {
    let table: UInt32
    let number: Int
}

/// Which columns have to become of another type together with one that they refer to.
struct TypeTransition: Hashable, Sendable {
    /// The type that the column has.
    let old: String
    /// The one that it gets, as far as the server knows it by the user's words.
    let new: String?

    private static let widths = ["smallint": 2, "integer": 4, "bigint": 8]

    /// Whether the new type holds integers that the old one doesn't.
    private var isWidening: Bool {
        guard let old = Self.widths[old], let new = Self.widths[new ?? ""] else { return false }
        return new > old
    }

    /// Whether a column that refers to this one goes along: it has the same type, or can hold less than the new one.
    func takesAlong(_ column: ReferringColumn) -> Bool {
        column.type == old || isWidening && isNarrow(column.type)
    }

    /// Whether a column that stays as it is can't hold all that this one can.
    func leavesBehind(_ column: ReferringColumn) -> Bool {
        if let old = Self.widths[old], let new = Self.widths[new ?? ""], new < old { return false }
        return takesAlong(column) || isWidening && isNarrow(column.baseType)
    }

    private func isNarrow(_ type: String) -> Bool {
        Self.widths[type].map { $0 < Self.widths[new ?? ""] ?? 0 } ?? false
    }
}

/// Finds the columns that refer to one, and those that refer to them.
struct ReferenceReader {
    let session: Session

    /// Foreign keys to a column, and to those that go along with it: each once, the nearest first.
    func references(to column: ColumnKey, _ transition: TypeTransition) async throws -> [ReferringColumn] {
        var found: [ReferringColumn] = []
        var looked: Set<ColumnKey> = []
        var open = [column]
        while !open.isEmpty {
            let next = open.removeFirst()
            guard looked.insert(next).inserted else { continue }
            let referring = try await direct(to: next)
            found += referring
            open += referring.filter(transition.takesAlong).map(\.key)
        }
        return found
    }

    /// The type's name as the server writes it; nil where it can't be told from the user's words alone.
    func typeName(_ text: String, searchPath: String) async throws -> String? {
        let ours: String = try await session.value("SELECT pg_catalog.current_setting('search_path')")
        try await session.set("search_path", to: searchPath)
        let name: String?
        do {
            name = try await session.value("SELECT pg_catalog.format_type(pg_catalog.to_regtype(\(text)), NULL)")
        } catch let error as PostgresError {
            guard error.state != nil else { throw error }
            name = nil
        }
        try await session.set("search_path", to: ours)
        return name
    }

    private func direct(to column: ColumnKey) async throws -> [ReferringColumn] {
        try await session.run(
            """
            SELECT c.oid, n.nspname AS schema, c.relname AS name, pg_get_userbyid(c.relowner) AS owner,
                   c.relkind::text AS kind, k.near::int AS number, a.attname AS "column",
                   format_type(a.atttypid, a.atttypmod) AS type, con.conname AS constraint,
                   (WITH RECURSIVE d(type) AS (SELECT a.atttypid UNION ALL
                      SELECT t.typbasetype FROM d JOIN pg_type t ON t.oid = d.type AND t.typtype = 'd')
                    SELECT format_type(t.oid, NULL) FROM d JOIN pg_type t ON t.oid = d.type AND t.typtype <> 'd') AS base
            FROM pg_constraint con
            CROSS JOIN LATERAL unnest(con.conkey, con.confkey) AS k(near, far)
            JOIN pg_class c ON c.oid = con.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.near
            WHERE con.contype = 'f' AND con.conparentid = 0 AND con.confrelid = \(column.table)::oid
              AND k.far = \(column.number)
            ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", k.near, con.conname COLLATE "C"
            """
        ).rows.map { row in
            ReferringColumn(
                table: RelationReference(
                    oid: try row["oid"],
                    name: QualifiedName(schema: Identifier(try row["schema"]), name: Identifier(try row["name"])),
                    owner: Identifier(try row["owner"])
                ),
                kind: try row["kind"],
                number: try row["number"],
                name: Identifier(try row["column"]),
                type: try row["type"],
                baseType: try row["base"],
                constraint: Identifier(try row["constraint"]),
                referred: column
            )
        }
    }
}
