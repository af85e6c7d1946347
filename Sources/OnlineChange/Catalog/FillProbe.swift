import Postgres

/// Has the server read the expression that NULLs become, in the user's search_path, and print it with every name
/// qualified.
///
/// It becomes a check of an empty temporary copy of the table, which bears the table's name: there the server refuses
/// subqueries, aggregates and whatever else isn't an expression over one row, and `pg_get_expr` prints columns by their
/// numbers and quotes what needs quotes. All of it happens in a transaction that is rolled back.
struct FillProbe {
    let session: Session
    let lockGuard: LockGuard
    let table: TableSnapshot
    let column: Column
    /// The schemas in which the user's session looks names up.
    let searchPath: [Identifier]

    /// What the server makes of the text.
    ///
    /// - Throws: `Failure.refused` with the server's words if that is nothing.
    func expression(_ text: String) async throws -> FillExpression {
        guard ExpressionText.isBalanced(text) else {
            throw refused(
                "it is not one expression: quotes and brackets must close, and a comment, ';' or ',' can't stand in it"
            )
        }
        do {
            return try await read(text)
        } catch let error as PostgresError {
            guard case .server(let server) = error, !error.isLockTrouble, server.state != .insufficientPrivilege else {
                throw error
            }
            throw refused(server.message)
        }
    }

    private func read(_ text: String) async throws -> FillExpression {
        let copy = QualifiedName(schema: "pg_temp", name: table.name.name)
        let path = searchPath.map(\.quoted).joined(separator: ", ")
        let preparation: [SQL] = [
            "CREATE TEMPORARY TABLE \(table.name.name) (LIKE \(table.name)) ON COMMIT DROP",
            "SELECT pg_catalog.set_config('search_path', \(literal: path), true)",
        ]
        let deparsing: SQL = "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)"
        let check: [SQL] = [
            """
            ALTER TABLE \(copy) ADD CONSTRAINT online_change_probe
            CHECK (pg_catalog.num_nulls((\(server: text))) OPERATOR(pg_catalog.>=) 0)
            """,
            // The same coercion as in the statement that all this stands for.
            "UPDATE \(copy) SET \(column.name) = (\(server: text)) WHERE false",
        ]
        let (found, meaning) = try await lockGuard.rehearse(preparation + check + [deparsing], on: session) {
            (try await constraint(of: copy), try await self.meaning(on: copy))
        }
        if !meaning.schemas.isEmpty { try await staysTheSame(found, meaning, on: copy) }
        guard found.reads.isEmpty else { return found }
        // A bare constant has no type of its own: as the column's default it gets the column's.
        let asDefault: SQL = "ALTER TABLE \(copy) ALTER COLUMN \(column.name) SET DEFAULT (\(server: text))"
        return try await lockGuard.rehearse(preparation + [asDefault, deparsing], on: session) {
            let found = try await session.run(
                """
                SELECT pg_get_expr(d.adbin, d.adrelid) AS text FROM pg_attrdef d
                JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
                WHERE d.adrelid = to_regclass(\(copy.quoted)) AND a.attname = \(column.name.name)
                """
            )
            // The server keeps no default that is NULL.
            guard let row = found.rows.first else { throw refused("it is NULL, which is what it should replace") }
            return FillExpression(text: "(\(server: try row["text"]))", reads: [])
        }
    }

    /// The trigger and the backfill look operators up in pg_catalog alone.
    private func staysTheSame(_ found: FillExpression, _ meaning: Meaning, on copy: QualifiedName) async throws {
        let again: [SQL] = [
            "CREATE TEMPORARY TABLE \(table.name.name) (LIKE \(table.name)) ON COMMIT DROP",
            """
            ALTER TABLE \(copy) ADD CONSTRAINT online_change_probe
            CHECK (pg_catalog.num_nulls(\(found.text)) OPERATOR(pg_catalog.>=) 0)
            """,
        ]
        let then = try? await lockGuard.rehearse(again, on: session) { try await self.meaning(on: copy) }
        guard then?.calls != meaning.calls else { return }
        throw refused(
            "it compares by an operator '=' that isn't in pg_catalog and that its text doesn't name: write it out, as in "
                + "a OPERATOR(schema.=) b, instead of CASE a WHEN b, NULLIF or IS DISTINCT FROM"
        )
    }

    private func meaning(on copy: QualifiedName) async throws -> Meaning {
        try await Meaning.read(Meaning.tree(ofCheck: "online_change_probe", on: "\(copy)"), on: session)
    }

    private func constraint(of copy: QualifiedName) async throws -> FillExpression {
        let row = try await session.run(
            """
            SELECT pg_get_expr(c.conbin, c.conrelid) AS text, c.conbin::text ~ ':varattno (0|-)' AS reads_row
            FROM pg_constraint c
            WHERE c.conrelid = to_regclass(\(copy.quoted)) AND c.conname = 'online_change_probe'
            """
        ).rows[0]
        guard try !(row["reads_row"] as Bool) else {
            throw refused("it reads the row as a whole, or a system column; name the columns that it needs")
        }
        let whole: String = try row["text"]
        let (start, end) = ("(num_nulls(", ") >= 0)")
        guard whole.hasPrefix(start), whole.hasSuffix(end) else {
            throw refused("what the server printed of it can't be read: \(whole)")
        }
        return FillExpression(
            text: "(\(server: String(whole.dropFirst(start.count).dropLast(end.count))))",
            reads: try await names(of: copy)
        )
    }

    private func names(of copy: QualifiedName) async throws -> [Identifier] {
        try await session.run(
            """
            SELECT a.attname AS name FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
            WHERE c.conrelid = to_regclass(\(copy.quoted)) AND c.conname = 'online_change_probe' ORDER BY a.attnum
            """
        ).rows.map { Identifier(try $0["name"]) }
    }

    private func refused(_ reason: String) -> Failure {
        Failure(.refused, "the fill expression is refused: \(reason)", left: "Nothing was changed.")
    }
}

/// A text that is to stand in brackets within a statement of ours.
enum ExpressionText {
    /// Whether it can't end the brackets around it, nor the statement: quotes and brackets close, and it has neither
    /// comment nor semicolon nor dollar quote.
    static func isBalanced(_ text: String) -> Bool {
        var open: [Unicode.Scalar] = []
        var word = ""
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            let isInWord = scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            if isInWord || scalar == "$" && !word.isEmpty {
                word.unicodeScalars.append(scalar)
                continue
            }
            switch (scalar, rest.first) {
            case ("'", _), ("\"", _):
                guard rest.skip(to: scalar, withEscapes: scalar == "'" && word.uppercased() == "E") else {
                    return false
                }
            case (",", _) where open.isEmpty: return false
            case (";", _), ("$", _), ("\0", _), ("-", "-"), ("/", "*"): return false
            case ("(", _), ("[", _): open.append(scalar)
            case (")", _): guard open.popLast() == "(" else { return false }
            case ("]", _): guard open.popLast() == "[" else { return false }
            default: break
            }
            word = ""
        }
        return open.isEmpty && text.contains { !$0.isWhitespace }
    }
}
