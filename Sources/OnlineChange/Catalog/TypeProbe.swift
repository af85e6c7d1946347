import Postgres

/// Finds out what the server makes of a column's change to another type: on an empty copy of the table, in a
/// transaction that is rolled back.
struct TypeProbe {
    let session: Session
    let lockGuard: LockGuard
    let table: TableSnapshot
    let dependents: ColumnDependents
    let names: ColumnNames
    /// Other columns of the table that change to the type with this one.
    var beside: [ColumnNames] = []
    /// The new type as the user wrote it.
    let type: String
    /// The expressions that the user gave.
    let using: String?
    let reverse: String?
    /// Where the user's own names are looked up.
    let searchPath: String
    /// What the functions are to be called.
    let function: (_ direction: String, _ suffix: String) -> QualifiedName

    static let copy: Identifier = "online_change_probe"
    var probe: SQL { "pg_temp.\(Self.copy)" }

    /// - Throws: `Failure.refused` with the server's own reason where the plain ALTER would fail too, or where the
    ///   conversion depends on more than the value.
    func change() async throws -> TypeChange {
        guard let column = table.column(names.original), names.added != nil else {
            throw Failure(.refused, "table \(table.name) has no column \(names.original)")
        }
        return try await lockGuard.rehearse(on: session) { rehearsal in
            try await rehearsal.run(
                "CREATE TEMPORARY TABLE \(Self.copy) (LIKE \(table.name) INCLUDING DEFAULTS) ON COMMIT DROP"
            )
            let more = try await schemaOfNewType(column, in: rehearsal)
            let indexes = table.indexes.filter { $0.columns.contains(column.number) }
            let checks = dependents.constraints.filter { $0.kind == "c" }
            let texts = try texts(column, indexes, checks)
            let lookup = try await make(texts + views + defaulting(column.defaultExpression), more: more, in: rehearsal)
            try await rename(\.original, \.originalLater, in: rehearsal)
            let originalIndexes = try await read(indexes)
            let onOriginal = try await columns(indexes, originalIndexes, lookup, in: rehearsal)
            try await rename(\.originalLater, \.addedBefore, in: rehearsal)
            // The plain ALTER reads the old definitions again, with the new type; so must the server for ours.
            var (addedIndexes, addedChecks) = (try await read(indexes), try await read(checks))
            let onAdded = try await columns(indexes, addedIndexes, lookup, in: rehearsal)
            try await rename(\.addedBefore, \.original, in: rehearsal)

            let before = try await files()
            let elsewhere = Set(lookup.values.joined()).map(\.quoted).sorted()
            try await alter(
                column,
                searchPath: ([searchPath].filter { !$0.isEmpty } + elsewhere).joined(separator: ", "),
                in: rehearsal
            )
            let isUntouched = try await files() == before
            let altered = try await columns(indexes)
            let (new, defaultExpression) = try await newColumn()
            try await prove(texts + defaulting(defaultExpression), lookup, in: rehearsal)
            let unreadable = try await unreadable(texts + defaulting(defaultExpression), lookup, in: rehearsal)
            try await rename(\.original, \.addedBefore, in: rehearsal)
            addedIndexes.merge(try await read(indexes).filter { unreadable.contains(.index($0.key)) }) { $1 }
            addedChecks.merge(try await read(checks).filter { unreadable.contains(.constraint($0.key)) }) { $1 }
            try await rename(\.addedBefore, \.original, in: rehearsal)
            for type in [column.type, new.type] { try await takesNull(type, in: rehearsal) }
            try await references(new.type, in: rehearsal)
            let forward = try await forward(column, new, in: rehearsal)
            let backward = try await backward(column, new, in: rehearsal)
            return TypeChange(
                type: new.type,
                collation: new.collation,
                isToastable: new.isToastable,
                forward: forward,
                backward: backward,
                comparison: new.comparison,
                originalComparison: ColumnPair.Comparison(of: column),
                isFree: isUntouched,
                defaultExpression: defaultExpression,
                indexes: addedIndexes,
                originalIndexes: originalIndexes,
                checks: addedChecks,
                indexColumns: Dictionary(
                    uniqueKeysWithValues: indexes.map(\.name).map { name in
                        let names = (onOriginal[name] ?? [], onAdded[name] ?? [], altered[name] ?? [])
                        return (name, IndexColumnNames(onOriginal: names.0, onAdded: names.1, altered: names.2))
                    }
                ),
                lookup: lookup
            )
        }
    }

    private func rename(
        _ old: (ColumnNames) -> Identifier,
        _ new: (ColumnNames) -> Identifier,
        in rehearsal: Rehearsal
    ) async throws {
        for names in [names] + beside where old(names) != new(names) {
            try await rehearsal.run("ALTER TABLE \(probe) RENAME COLUMN \(old(names)) TO \(new(names))")
        }
    }

    func alter(_ column: Column, searchPath: String, in rehearsal: Rehearsal) async throws {
        let using: SQL = using.map { " USING (\(asked: $0))" } ?? ""
        let error = try await rehearsal.attempt {
            let others = beside.map { ", ALTER COLUMN \($0.original) TYPE \(asked: type)" as SQL }
            try await rehearsal.run(
                "ALTER TABLE \(probe) ALTER COLUMN \(column.name) TYPE \(asked: type)\(using)\(SQL.joined(others, separator: ""))",
                searchPath: searchPath
            )
        }
        guard let error else { return }
        let asksForUsing = error.state == .datatypeMismatch && self.using == nil
        throw Failure(
            .refused,
            "column \(table.name).\(column.name): \(error.serverMessage)",
            left: "Nothing was changed.",
            next: asksForUsing
                ? "Say how: --using \(try await suggestion(column)), if that is what you mean."
                : "The plain ALTER TABLE fails in the same way; look at the type and the expression."
        )
    }

    struct NewColumn {
        let type: String
        let collation: String?
        let systemType: String?
        let isToastable: Bool
        let comparison: ColumnPair.Comparison
    }

    private func newColumn() async throws -> (NewColumn, defaultExpression: String?) {
        let row = try await session.run(
            """
            SELECT format_type(a.atttypid, a.atttypmod) AS type, pg_get_expr(d.adbin, d.adrelid) AS "default",
                   CASE WHEN a.attcollation <> t.typcollation THEN format('%I.%I', cn.nspname, co.collname) END AS collation,
                   CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype <> 'd' THEN t.typname END AS system,
                   t.typtype::text AS kind, t.typstorage <> 'p' AS toastable, NOT coalesce(co.collisdeterministic, true) AS loose
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            LEFT JOIN pg_collation co ON co.oid = a.attcollation LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
            WHERE a.attrelid = to_regclass(\(probe.text)) AND a.attname = \(names.original.name)
            """
        ).rows[0]
        let comparison = ColumnPair.Comparison(
            systemType: try row["system"],
            baseTypeKind: try row["kind"],
            hasNondeterministicCollation: try row["loose"]
        )
        let new = NewColumn(
            type: try row["type"],
            collation: try row["collation"],
            systemType: try row["system"],
            isToastable: try row["toastable"],
            comparison: comparison
        )
        return (new, try row["default"])
    }

    /// A column that follows holds NULL where a value doesn't fit.
    private func takesNull(_ type: String, in rehearsal: Rehearsal) async throws {
        let error = try await rehearsal.attempt {
            try await rehearsal.run("SELECT CAST(NULL AS \(server: type))")
        }
        guard error != nil else { return }
        throw Failure(
            .refused,
            "column \(table.name).\(names.original): \(type) is a domain with NOT NULL, and the column that follows must be "
                + "able to hold none for a value that doesn't fit",
            left: "Nothing was changed.",
            next: "Move NOT NULL from the domain to the column, or change to the type beneath it."
        )
    }

    /// Foreign keys are tried on empty tables with nothing but the columns.
    private func references(_ type: String, in rehearsal: Rehearsal) async throws {
        for (number, key) in dependents.constraints.filter({ $0.kind == "f" }).enumerated() {
            for (place, other) in key.otherTypes.enumerated() {
                let near = Self.name("n", 100 * number + place)
                let far = Self.name("f", 100 * number + place)
                let (referred, referring) = key.refersToColumn ? (type, other) : (other, type)
                let error = try await rehearsal.attempt {
                    try await rehearsal.run(
                        "CREATE TEMPORARY TABLE \(far) (x \(server: referred) PRIMARY KEY) ON COMMIT DROP"
                    )
                    try await rehearsal.run(
                        """
                        CREATE TEMPORARY TABLE \(near) (y \(server: referring) REFERENCES pg_temp.\(far) (x)) ON COMMIT DROP
                        """
                    )
                }
                guard let error else { continue }
                throw Failure(
                    .refused,
                    "constraint \(key.name) on \(key.table): \(error.serverMessage)",
                    left: "Nothing was changed.",
                    next:
                        "The plain ALTER TABLE fails in the same way: change the other column too, or drop the constraint."
                )
            }
        }
    }

    /// The files of the copy and its indexes: a rewrite gives new ones.
    private func files() async throws -> [String] {
        try await session.run(
            """
            SELECT coalesce(pg_relation_filenode(c.oid), 0)::text AS file FROM pg_class c
            WHERE c.oid = to_regclass(\(probe.text))
               OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = to_regclass(\(probe.text)))
            ORDER BY c.relname COLLATE "C"
            """
        ).rows.map { try $0["file"] }
    }

    static func name(_ kind: String, _ number: Int) -> Identifier {
        Identifier("online_change_probe_\(kind)\(number)")
    }
}
