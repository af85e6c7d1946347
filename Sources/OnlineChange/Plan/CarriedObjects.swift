import Postgres

extension Constraint {
    /// DEFERRABLE and INITIALLY DEFERRED, which an index doesn't know.
    var deferral: SQL {
        isDeferrable ? (isDeferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE") : ""
    }

    /// Gives it its comment.
    var commenting: [SQL] {
        comment.map { ["COMMENT ON CONSTRAINT \(name) ON \(table) IS \(literal: $0)"] } ?? []
    }
}

extension IndexExtras {
    /// Gives an index of that name what its definition doesn't say.
    func statements(table: QualifiedName) -> [SQL] {
        let index = QualifiedName(schema: table.schema, name: name)
        var statements = targeting(table: table)
        if isClustered { statements.append("ALTER TABLE \(table) CLUSTER ON \(name)") }
        if isReplicaIdentity { statements.append("ALTER TABLE \(table) REPLICA IDENTITY USING INDEX \(name)") }
        if let comment { statements.append("COMMENT ON INDEX \(index) IS \(literal: comment)") }
        return statements
    }
}

extension IndexExtras {
    /// Sets the statistics targets of its expressions.
    func targeting(table: QualifiedName) -> [SQL] {
        targets.map {
            """
            ALTER INDEX \(QualifiedName(schema: table.schema, name: name)) ALTER COLUMN \($0.number) SET STATISTICS \($0.target)
            """
        }
    }

    /// Gives the columns of an index that was built while the table's column had another name the names that they should
    /// have: the server names them after the column, in expressions too, and a second one alike with a digit.
    func renames(from built: [Identifier], to names: [Identifier], table: QualifiedName) -> [SQL] {
        let index = QualifiedName(schema: table.schema, name: name)
        return zip(built, names).filter { $0 != $1 }.map { "ALTER TABLE \(index) RENAME COLUMN \($0) TO \($1)" }
    }
}

extension OwnedSequence {
    private static let greatestOf = ["smallint": 32767, "integer": 2_147_483_647, "bigint": Int.max]

    /// Whether a sequence can have the type.
    static func isWhole(_ type: String) -> Bool { greatestOf[type] != nil }

    /// What an identity's sequence is made with, for a column of the type.
    func options(for newType: String) -> SQL {
        let old = Self.greatestOf[type] ?? Int.max
        let new = Self.greatestOf[newType] ?? Int.max
        let most = greatest == old ? new : greatest
        let fewest = least == -old - 1 ? -new - 1 : least
        let cycle: SQL = cycles ? " CYCLE" : ""
        return """
             START WITH \(start) INCREMENT BY \(increment) MINVALUE \(fewest) MAXVALUE \(most) CACHE \(cache)\(cycle)
            """
    }

    /// Comment and privileges of a sequence made anew.
    func privileges(owner: Identifier) -> [SQL] {
        var statements: [SQL] = comment.map { ["COMMENT ON SEQUENCE \(name) IS \(literal: $0)"] } ?? []
        guard hasGrants else { return statements }
        statements.append("REVOKE ALL ON SEQUENCE \(name) FROM PUBLIC, \(owner)")
        statements += grants.map { grant in
            let grantee: SQL = grant.grantee.map { "\($0)" } ?? "PUBLIC"
            let option: SQL = grant.isGrantable && grant.grantee != owner ? " WITH GRANT OPTION" : ""
            return "GRANT \(server: grant.privilege) ON SEQUENCE \(name) TO \(grantee)\(option)"
        }
        return statements
    }
}

extension Policy {
    /// Creates it.
    ///
    /// - Parameter lookup: schemas of operators that its text doesn't spell out.
    func creation(on table: QualifiedName, lookup: [Identifier] = []) -> [SQL] {
        let kind: SQL = isPermissive ? "PERMISSIVE" : "RESTRICTIVE"
        let names = SQL.joined(roles.map { $0.map { "\($0)" } ?? "PUBLIC" as SQL })
        let using: SQL = using.map { " USING (\(server: $0))" } ?? ""
        let check: SQL = check.map { " WITH CHECK (\(server: $0))" } ?? ""
        return LookupPath.around(
            "CREATE POLICY \(name) ON \(table) AS \(kind) FOR \(server: command) TO \(names)\(using)\(check)",
            lookup
        ) + (comment.map { ["COMMENT ON POLICY \(name) ON \(table) IS \(literal: $0)"] } ?? [])
    }
}

extension Statistics {
    /// Sets their target.
    var targeting: SQL? { target.map { "ALTER STATISTICS \(name) SET STATISTICS \($0)" } }

    /// Creates them; they are gathered by the next ANALYZE.
    func creation(lookup: [Identifier]) -> [SQL] {
        var statements = LookupPath.around("\(server: definition)", lookup)
        if let targeting { statements.append(targeting) }
        if let comment { statements.append("COMMENT ON STATISTICS \(name) IS \(literal: comment)") }
        return statements
    }
}

extension Trigger {
    /// Creates it after it was dropped.
    func creation(on table: QualifiedName, lookup: [Identifier]) -> [SQL] {
        var statements = LookupPath.around("\(server: definition)", lookup)
        if let state = ["D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"][enabled] {
            statements.append("ALTER TABLE \(table) \(server: state) TRIGGER \(name)")
        }
        if let comment { statements.append("COMMENT ON TRIGGER \(name) ON \(table) IS \(literal: comment)") }
        return statements
    }
}

extension View {
    /// Creates it with all that it had. Default privileges would add to what it had, so those are taken back.
    func creation(defaultGrantees: [Identifier], lookup: [Identifier]) -> [SQL] {
        let with: SQL = options.isEmpty ? "" : " WITH (\(server: options.joined(separator: ", ")))"
        var statements = LookupPath.around("CREATE VIEW \(name)\(with) AS \(server: query)", lookup)
        statements += defaultGrantees.map { "REVOKE ALL ON \(name) FROM \($0)" }
        if hasGrants { statements.append("REVOKE ALL ON \(name) FROM PUBLIC, \(owner)") }
        statements += grants.map { grant in
            let columns: SQL = grant.column.map { " (\($0))" } ?? ""
            let grantee: SQL = grant.grantee.map { "\($0)" } ?? "PUBLIC"
            let option: SQL = grant.isGrantable && grant.grantee != owner ? " WITH GRANT OPTION" : ""
            return "GRANT \(server: grant.privilege)\(columns) ON \(name) TO \(grantee)\(option)"
        }
        if let comment { statements.append("COMMENT ON VIEW \(name) IS \(literal: comment)") }
        statements += columnComments.map { "COMMENT ON COLUMN \(name).\($0.column) IS \(literal: $0.comment)" }
        statements += defaults.map {
            "ALTER VIEW \(name) ALTER COLUMN \($0.column) SET DEFAULT \(server: $0.expression)"
        }
        return statements + triggers.map { "\(server: $0)" } + rules.map { "\(server: $0)" }
    }
}

extension ListedPublication {
    /// Sends the table again, the same columns and rows of it.
    func adding(_ table: QualifiedName) -> SQL {
        let list: SQL = columns.isEmpty ? "" : " (\(SQL.joined(columns.map { "\($0)" })))"
        let filter: SQL = filter.map { " WHERE (\(server: $0))" } ?? ""
        return "ALTER PUBLICATION \(name) ADD TABLE \(table)\(list)\(filter)"
    }
}
