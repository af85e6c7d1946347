import Postgres

extension TableBuilder {
    mutating func makeTable() async throws(PostgresError) {
        if table.schema == "public" {
            // So that it is the same before the first table as it is after the cleanup of one.
            try await attempt(["DROP SCHEMA IF EXISTS public CASCADE"] + TableBuilder.publicSchema)
        } else {
            try await attempt("CREATE SCHEMA \(table.schema)")
        }
        let kind: SQL = random.chance(5) ? "UNLOGGED " : ""
        let options: SQL =
            random.chance(20) ? " WITH (fillfactor = \(random.number(60...100)), autovacuum_enabled = false)" : ""
        let key = try await column(distinct: true)
        try await attempt("CREATE \(kind)TABLE \(table) (\(key.declaration))\(options)")
        columns.append(key.column)
        for _ in 0..<random.number(0...7) { try await addColumn() }
        if random.chance(20) {
            let gone = RandomName.make(&random, not: columns.map(\.name))
            try await attempt(
                "ALTER TABLE \(table) ADD \(gone) text DEFAULT 'gone'",
                "ALTER TABLE \(table) DROP \(gone)"
            )
        }
        if random.chance(30) { try await addGeneratedColumn() }
    }

    /// Also called once there are rows, which then have the default without being rewritten.
    mutating func addColumn() async throws(PostgresError) {
        let new = try await column(distinct: false)
        if try await attempt("ALTER TABLE \(table) ADD \(new.declaration)") { columns.append(new.column) }
    }

    private mutating func addGeneratedColumn() async throws(PostgresError) {
        let source = anyColumn().name
        let name = RandomName.make(&random, not: columns.map(\.name))
        for (type, expression) in [
            ("text", "upper(\(source))"), ("numeric", "\(source) * 2"), ("text", "\(source)::text"),
            ("boolean", "\(source) IS NULL"),
        ].shuffled(using: &random) as [(SQL, SQL)] {
            guard
                try await attempt("ALTER TABLE \(table) ADD \(name) \(type) GENERATED ALWAYS AS (\(expression)) STORED")
            else { continue }
            var column = RandomColumn(name: name, type: .of(type, "1"), &random)
            column.isGenerated = true
            columns.append(column)
            return
        }
    }

    private mutating func column(
        distinct: Bool
    ) async throws(PostgresError) -> (column: RandomColumn, declaration: SQL) {
        var type = random.pick(types(distinct: distinct))
        for statement in type.made where !statements(contain: statement) {
            // Where an extension can't be had, neither can its types.
            if try await !attempt(statement) { type = RandomType.builtIn[1] }
        }
        let name = RandomName.make(&random, not: columns.map(\.name))
        var column = RandomColumn(name: name, type: type, &random)
        var declaration: SQL = "\(name) \(type.name)"
        if type.isCollatable, random.chance(20) { declaration = #"\#(declaration) COLLATE \#(try await collation())"# }
        let isWhole = ["smallint", "integer", "bigint"].contains(type.name.text)
        if isWhole, random.chance(25) {
            column.isNotNull = true
            column.isAlwaysIdentity = random.chance(50)
            let options: SQL = random.chance(40) ? " (START 1000 INCREMENT 2 CACHE 3)" : ""
            let kind: SQL = column.isAlwaysIdentity ? "ALWAYS" : "BY DEFAULT"
            return (column, "\(declaration) GENERATED \(kind) AS IDENTITY\(options)")
        }
        if isWhole, type.name.text != "smallint", random.chance(15) {
            column.isNotNull = true
            let serial: SQL = type.name.text == "bigint" ? "bigserial" : "serial"
            return (column, "\(name) \(serial)")
        }
        // The rows that are there when a column is added get its default.
        column.isNotNull = random.chance(40)
        let mustHaveDefault = column.isNotNull && !columns.isEmpty
        if mustHaveDefault || random.chance(30) {
            declaration = "\(declaration) DEFAULT \(try await defaultValue(of: column))"
        }
        return (column, column.isNotNull ? "\(declaration) NOT NULL" : declaration)
    }

    private func types(distinct: Bool) -> [RandomType] {
        let all = RandomType.builtIn + RandomType.made(in: table.schema)
        return distinct ? all.filter(\.isDistinct) : all
    }

    private mutating func defaultValue(of column: RandomColumn) async throws(PostgresError) -> SQL {
        if column.type.name.text == "bigint", random.chance(40) {
            let sequence = freshName()
            if try await attempt("CREATE SEQUENCE \(sequence) START \(random.number(1...99))") {
                return "nextval(\(literal: sequence.quoted))"
            }
        }
        guard !column.type.volatileDefaults.isEmpty, random.chance(40) else { return column.constant(&random) }
        return random.pick(column.type.volatileDefaults)
    }

    /// A collation other than the default one.
    private mutating func collation() async throws(PostgresError) -> SQL {
        let made = QualifiedName(schema: table.schema, name: "any case")
        let create: SQL = """
            CREATE COLLATION \(made) (provider = icu, locale = 'und-u-ks-level2', deterministic = false)
            """
        if random.chance(40) {
            if statements(contain: create) { return "\(made)" }
            if try await attempt(create) { return "\(made)" }
        }
        return random.pick([#""C""#, #""POSIX""#])
    }
}
