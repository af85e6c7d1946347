import Postgres

/// How values are converted: by casts that are known, label by label, or by expressions that the server reads.
extension TypeProbe {
    /// The labels of an enum, looked up as the user has names looked up; none if it is no enum.
    private func labels(of type: String) async throws -> [String] {
        let ours: String = try await session.value("SELECT pg_catalog.current_setting('search_path')")
        try await session.set("search_path", to: searchPath)
        let labels = try await session.run(
            """
            SELECT e.enumlabel FROM pg_catalog.pg_enum e WHERE e.enumtypid = pg_catalog.to_regtype(\(type))
            ORDER BY e.enumsortorder
            """
        ).rows.map { try $0["enumlabel"] as String }
        try await session.set("search_path", to: ours)
        return labels
    }

    /// An expression for a type that has no assignment cast. Labels of an enum are spelled out: the cast of a text to an
    /// enum depends on more than the text, for labels come and go.
    func suggestion(_ column: Column) async throws -> String {
        let labels = try await labels(of: type)
        guard !labels.isEmpty else { return "'\(column.name)::\(type)'" }
        let cases = labels.map { label in
            let literal: SQL = "\(literal: label)"
            return "WHEN \(literal) THEN \(literal)::\(type)"
        }
        return "\"CASE \(column.name.quoted) \(cases.joined(separator: " ")) END\""
    }

    func forward(_ column: Column, _ new: NewColumn, in rehearsal: Rehearsal) async throws -> Conversion {
        if using == nil, let known = Conversion.known(from: column.systemTypeWithoutModifier, to: new.plainSystemType) {
            return known
        }
        if using == nil, let byLabel = try await byLabel("forward", from: column.type, to: new.type) { return byLabel }
        let expression = try await expression(
            from: column.type,
            to: new.type,
            text: using.map { "\(asked: $0)" } ?? "\(column.name)",
            option: "--using",
            in: rehearsal,
            suggesting: column
        )
        return .function(converting("forward", from: column.type, to: new.type, expression))
    }

    func backward(_ column: Column, _ new: NewColumn, in rehearsal: Rehearsal) async throws -> Conversion? {
        if using == nil, reverse == nil,
            let known = Conversion.known(from: new.plainSystemType, to: column.systemTypeWithoutModifier)
        {
            return known
        }
        if let reverse {
            let text = try await expression(
                from: new.type,
                to: column.type,
                text: "\(asked: reverse)",
                option: "--reverse",
                in: rehearsal,
                suggesting: column
            )
            return .function(converting("backward", from: new.type, to: column.type, text))
        }
        if let byLabel = try await byLabel("backward", from: new.type, to: column.type) { return byLabel }
        // The server's assignment cast, or an explicit one.
        for text in ["\(column.name)", "\(column.name)::\(server: column.type)"] as [SQL] {
            var found: String?
            let error = try await rehearsal.attempt {
                found = try await generated(from: new.type, to: column.type, text: text, in: rehearsal)
                let cast: SQL = "CAST((\(text)) AS \(server: column.type))"
                _ = try await generated(from: new.type, to: column.type, text: cast, in: rehearsal)
            }
            if error == nil, let found {
                return .function(converting("backward", from: new.type, to: column.type, found))
            }
        }
        return nil
    }

    /// Between an enum and a text each label is spelled out, for the server's cast depends on what labels there are.
    private func byLabel(_ direction: String, from: String, to: String) async throws -> Conversion? {
        let texts = ["text", "character varying"]
        guard texts.contains(from) || texts.contains(to) else { return nil }
        let isFromEnum = texts.contains(to)
        let type = isFromEnum ? from : to
        let labels = try await labels(of: type)
        guard !labels.isEmpty else { return nil }
        let cases = labels.map { label -> String in
            let text: SQL = "\(literal: label)"
            return isFromEnum ? "WHEN \(text)::\(type) THEN \(text)" : "WHEN \(text) THEN \(text)::\(type)"
        }
        var function = converting(
            direction,
            from: from,
            to: to,
            "CASE \(names.original.quoted) \(cases.joined(separator: " ")) END"
        )
        function.isPartial = true
        return .function(function)
    }

    private func converting(_ direction: String, from: String, to: String, _ expression: String) -> ConvertingFunction {
        ConvertingFunction(
            strict: function(direction, "_strict"),
            total: function(direction, "_total"),
            fits: function(direction, "_fits"),
            column: names.original,
            argument: from,
            result: to,
            expression: expression
        )
    }

    private func expression(
        from: String,
        to: String,
        text: SQL,
        option: String,
        in rehearsal: Rehearsal,
        suggesting column: Column
    ) async throws -> String {
        var found: String?
        let error = try await rehearsal.attempt {
            found = try await generated(from: from, to: to, text: text, in: rehearsal)
            // The server doesn't look at a cast that it adds itself.
            _ = try await generated(from: from, to: to, text: "CAST((\(text)) AS \(server: to))", in: rehearsal)
        }
        if let found, error == nil { return found }
        let isUnstable = error?.state == .invalidObjectDefinition
        let isEnum = try await !labels(of: type).isEmpty
        throw Failure(
            .refused,
            "column \(table.name).\(names.original): \(error?.serverMessage ?? "the expression can't be read")",
            left: "Nothing was changed.",
            next: isUnstable
                ? isEnum
                    ? "The cast of a text to an enum depends on more than the text: \(option) \(try await suggestion(column))."
                    : "The conversion must depend on the value alone, not on a setting such as TimeZone or DateStyle: give an "
                        + "expression with \(option), such as \(option) \"\(names.original) AT TIME ZONE 'UTC'\"."
                : "Look at the expression of \(option)."
        )
    }

    /// The expression as the server reads it. A generated column takes one expression of that row, and only one that is
    /// IMMUTABLE.
    private func generated(from: String, to: String, text: SQL, in rehearsal: Rehearsal) async throws -> String {
        let (printed, meaning) = try await generated(from, to, text, searchPath, rehearsal)
        // The functions around it look in pg_catalog alone.
        guard !meaning.schemas.isEmpty else { return printed }
        let again = try? await generated(from, to, "\(server: printed)", LookupPath.text([]), rehearsal).meaning
        guard again?.calls == meaning.calls else {
            throw Failure(
                .refused,
                "column \(table.name).\(names.original): the conversion \(printed) compares by an operator '=' that its "
                    + "text doesn't name, and that isn't in pg_catalog",
                left: "Nothing was changed.",
                next: "Write the operator out, as in a OPERATOR(schema.=) b, instead of CASE a WHEN b, NULLIF or "
                    + "IS DISTINCT FROM."
            )
        }
        return printed
    }

    private func generated(_ from: String, _ to: String, _ text: SQL, _ searchPath: String, _ rehearsal: Rehearsal)
        async throws -> (text: String, meaning: Meaning)
    {
        let name: Identifier = "online_change_probe_e"
        let result: Identifier =
            names.original == "online_change_result" ? "online_change_value" : "online_change_result"
        try await rehearsal.run("DROP TABLE IF EXISTS pg_temp.\(name)")
        try await rehearsal.run(
            "CREATE TEMPORARY TABLE \(name) (\(names.original) \(server: from)) ON COMMIT DROP"
        )
        try await rehearsal.run(
            """
            ALTER TABLE pg_temp.\(name) ADD COLUMN \(result) \(server: to) GENERATED ALWAYS AS (\(text)) STORED
            """,
            searchPath: searchPath
        )
        let printed: String = try await session.value(
            """
            SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d JOIN pg_attribute a
              ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            WHERE d.adrelid = to_regclass(\("pg_temp.\(name.quoted)")) AND a.attname = \(result.name)
            """
        )
        return (printed, try await rehearsal.meaning(of: Meaning.tree(ofDefault: result, of: "pg_temp.\(name)")))
    }
}

extension TypeProbe.NewColumn {
    /// The server's own type if it has no modifier.
    fileprivate var plainSystemType: String? { type.contains("(") ? nil : systemType }
}

extension Column {
    /// The column's type if it is one of the server's own and no domain; a modifier doesn't matter to what is read.
    fileprivate var systemTypeWithoutModifier: String? {
        typeKind == "d" || (type.contains("(") && systemType == "numeric") ? nil : systemType
    }
}

extension Conversion {
    private static let integers = ["int2": 16, "int4": 32, "int8": 64]

    /// The server's casts between types of its own that are known never to fail, or to fail outside of a range only.
    static func known(from: String?, to: String?) -> Conversion? {
        guard let from, let to, from != to else { return nil }
        let names = ["int2": "smallint", "int4": "integer", "int8": "bigint"]
        if let near = integers[from], let far = integers[to] {
            let type = names[to] ?? to
            if far > near { return .cast(to: type) }
            let limit = 1 << (far - 1)
            return .ranged(to: type, least: "(-\(limit))::bigint", greatest: "\(limit - 1)::bigint")
        }
        let total = [
            "int2": ["numeric", "float4", "float8", "text"], "int4": ["numeric", "float8", "text"],
            "int8": ["numeric", "text"], "float4": ["float8"], "varchar": ["text"], "text": ["varchar"],
            "uuid": ["text"],
        ]
        let spelled = ["float4": "real", "float8": "double precision", "varchar": "character varying"]
        return total[from]?.contains(to) == true ? .cast(to: spelled[to] ?? to) : nil
    }
}
