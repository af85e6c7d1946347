import Postgres

/// Texts of the user's objects that compare by operators which the server doesn't print: where those are looked up, so
/// that the objects mean with the old type what they do now, and with the new one what the server itself would make of
/// them.
extension TypeProbe {
    /// A text that is tried out.
    struct Text {
        let object: UserText
        let meaning: Meaning
        let statement: SQL
        /// The expression that the server then keeps.
        let tree: SQL
        /// What takes it off the copy; nil for what the copy doesn't keep, for the server would refuse to alter the column.
        var removal: SQL?
        /// What it needs before it.
        var preparation: [SQL] = []
    }

    /// The schema of the new type if it has an operator `=` of its own there.
    func schemaOfNewType(_ column: Column, in rehearsal: Rehearsal) async throws -> [Identifier] {
        try await rehearsal.run("SAVEPOINT online_change_type")
        try await alter(column, searchPath: searchPath, in: rehearsal)
        let schemas = try await session.run(
            """
            WITH RECURSIVE type(oid) AS (
              SELECT a.atttypid FROM pg_attribute a
              WHERE a.attrelid = to_regclass(\(probe.text)) AND a.attname = \(column.name.name)
              UNION ALL
              SELECT d.typbasetype FROM type JOIN pg_type d USING (oid) WHERE d.typtype = 'd')
            SELECT n.nspname AS name FROM type JOIN pg_type t USING (oid) JOIN pg_namespace n ON n.oid = t.typnamespace
            WHERE n.nspname <> 'pg_catalog' AND EXISTS (SELECT FROM pg_operator o
              WHERE o.oprname = '=' AND o.oprleft = t.oid AND o.oprright = t.oid AND o.oprnamespace = n.oid)
            """
        ).rows.map { Identifier(try $0["name"]) }
        try await rehearsal.run("ROLLBACK TO SAVEPOINT online_change_type")
        return schemas
    }

    /// Makes the texts on the copy while its column has the old type, and proves that they mean what the objects do.
    ///
    /// - Parameter more: schemas to look in for operators of the new type.
    /// - Returns: where each must be looked up.
    func make(_ texts: [Text], more: [Identifier], in rehearsal: Rehearsal) async throws -> [UserText: [Identifier]] {
        var lookup: [UserText: [Identifier]] = [:]
        for text in texts {
            let own = text.meaning.schemas
            let all = own + more.filter { !own.contains($0) }
            if all.isEmpty {
                if text.removal != nil { try await rehearsal.run(text.statement) }
                continue
            }
            let path = try await rehearsal.make(
                text.object,
                text.preparation + [text.statement],
                meaning: text.meaning,
                paths: own == all || own.isEmpty ? [all, []] : [all, own, []],
                tree: text.tree
            )
            if text.removal == nil { try await rehearsal.takeBack() }
            if !path.isEmpty { lookup[text.object] = path }
        }
        return lookup
    }

    /// Makes those that are looked up elsewhere once more, now that the column has the new type.
    ///
    /// - Throws: `Failure.refused` if an operator or a function outside of pg_catalog turns up that the object didn't
    ///   call, and that the user's own search_path wouldn't find.
    func prove(_ texts: [Text], _ lookup: [UserText: [Identifier]], in rehearsal: Rehearsal) async throws {
        for text in texts {
            guard let path = lookup[text.object] else { continue }
            let ours = try await meaning(of: text, LookupPath.text(path), in: rehearsal).get()
            if ours.adds(nothingTo: text.meaning) { continue }
            let theirs = try? await meaning(of: text, searchPath, in: rehearsal).get()
            guard ours.calls == theirs?.calls else {
                throw Failure(
                    .refused,
                    "\(text.object): with the new type its text means another operator or function than your search_path "
                        + "finds (\(searchPath))",
                    left: "Nothing was changed.",
                    next: "Connect with a search_path in which the type's schema stands "
                        + "(PGOPTIONS=\"-c search_path=…\"), or drop it until the change is over."
                )
            }
        }
    }

    /// Indexes and checks whose texts name operators of the old type that don't take the new one.
    ///
    /// The plain ALTER doesn't find them so, for under the user's search_path they are printed without a schema.
    ///
    /// - Throws: `Failure.refused` if another object's text is like that, which the plain ALTER wouldn't carry at all.
    func unreadable(
        _ texts: [Text],
        _ lookup: [UserText: [Identifier]],
        in rehearsal: Rehearsal
    ) async throws -> Set<UserText> {
        var found: Set<UserText> = []
        for text in texts where lookup[text.object] == nil && !text.meaning.foreign.isEmpty {
            guard case .failure(let failure) = try await meaning(of: text, LookupPath.text([]), in: rehearsal) else {
                continue
            }
            switch text.object {
            case .index, .constraint: found.insert(text.object)
            default: throw failure
            }
        }
        return found
    }

    private func meaning(of text: Text, _ path: String, in rehearsal: Rehearsal) async throws
        -> Result<Meaning, Failure>
    {
        var found = Meaning()
        let error = try await rehearsal.attempt {
            for statement in [text.removal].compactMap({ $0 }) + text.preparation {
                try await rehearsal.run(statement)
            }
            try await rehearsal.run(text.statement, searchPath: path)
            found = try await rehearsal.meaning(of: text.tree)
        }
        if let error {
            return .failure(
                Failure(
                    .refused,
                    "\(text.object): its text can't be read again once the column has the new type: "
                        + error.serverMessage,
                    left: "Nothing was changed.",
                    next: "Write it so that it suits both types, or drop it until the change is over."
                )
            )
        }
        try await rehearsal.takeBack()
        return .success(found)
    }
}
