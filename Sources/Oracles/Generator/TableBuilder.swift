import Postgres

/// A random table while it is being made.
struct TableBuilder {
    let seed: UInt64
    let connection: Connection
    var random: SeededGenerator
    let table: QualifiedName
    var columns: [RandomColumn] = []
    /// Names in the table's schema.
    private var names: [Identifier]
    private var statements: [SQL] = []
    private var publications: [Identifier] = []

    /// Makes the schema anew, for extensions and types may be in it.
    static let publicSchema: [SQL] = ["CREATE SCHEMA public", "GRANT USAGE ON SCHEMA public TO PUBLIC"]

    init(seed: UInt64, connection: Connection) {
        self.seed = seed
        self.connection = connection
        random = SeededGenerator(seed: seed)
        let schema: Identifier =
            random.chance(30) ? "public" : RandomName.make(&random, not: ["public", "online_change"])
        table = QualifiedName(schema: schema, name: RandomName.make(&random))
        names = [table.name]
    }

    /// Whether the server took the statements, all of them; those are kept.
    @discardableResult
    mutating func attempt(_ offered: SQL...) async throws(PostgresError) -> Bool {
        try await attempt(offered)
    }

    /// The same for a list.
    @discardableResult
    mutating func attempt(_ offered: [SQL]) async throws(PostgresError) -> Bool {
        do {
            try await connection.script(offered)
            statements += offered
            return true
        } catch {
            if case .server = error { return false }
            throw error
        }
    }

    /// Whether a statement was taken already.
    func statements(contain statement: SQL) -> Bool {
        statements.contains(statement)
    }

    /// A new name in the table's schema.
    mutating func freshName() -> QualifiedName {
        QualifiedName(schema: table.schema, name: freshIdentifier())
    }

    /// The same for what has no schema of its own, such as a constraint.
    mutating func freshIdentifier() -> Identifier {
        let name = RandomName.make(&random, not: names)
        names.append(name)
        return name
    }

    /// One of some pieces of SQL.
    mutating func oneOf(_ choices: SQL...) -> SQL {
        random.pick(choices)
    }

    /// A column that any object may be made on.
    mutating func anyColumn() -> RandomColumn {
        random.pick(columns)
    }

    /// Some of the columns' names between commas.
    mutating func columnList(atMost: Int) -> SQL {
        .joined(random.some(columns, atMost: atMost).map { "\($0.name)" })
    }

    /// A condition on a row that reads a column or two. `prefix` stands before the columns' names.
    mutating func condition(prefix: SQL = "") -> SQL {
        let column = anyColumn()
        let other = anyColumn()
        let name: SQL = "\(prefix)\(column.name)"
        return random.pick([
            "\(name) IS NOT NULL",
            "\(name) IS NULL",
            "\(name) <> \(column.constant(&random))",
            "\(name) >= \(column.constant(&random, row: 1))",
            "\(name) IN (\(column.constant(&random)), \(column.constant(&random)))",
            "length(\(name)::text) < 99",
            "\(name) IS NULL OR \(prefix)\(other.name) IS NOT NULL",
            "coalesce(\(name), \(column.constant(&random))) <> \(column.constant(&random))",
        ])
    }

    /// Notes a publication, which no schema takes with it.
    mutating func keep(publication: Identifier) {
        publications.append(publication)
    }

    mutating func finished() -> RandomTable {
        let writable = columns.indices.filter { !columns[$0].isGenerated }
        let target = random.chance(3) ? random.number(0...(columns.count - 1)) : random.pick(writable)
        var cleanup: [SQL] = publications.map { "DROP PUBLICATION \($0)" }
        cleanup.append("DROP SCHEMA \(table.schema) CASCADE")
        if table.schema == "public" { cleanup += Self.publicSchema }
        return RandomTable(
            seed: seed,
            name: table,
            columns: columns,
            target: target,
            newName: RandomName.make(&random, not: columns.map(\.name)),
            statements: statements,
            cleanup: cleanup
        )
    }
}
