import Postgres

/// An object of the user's whose text the server prints and we run again.
public enum UserText: Codable, Hashable, Sendable {
    /// An index of the table.
    case index(Identifier)
    /// A constraint of the table.
    case constraint(Identifier)
    /// A trigger of the table.
    case trigger(Identifier)
    /// A policy of the table.
    case policy(Identifier)
    /// Extended statistics.
    case statistics(QualifiedName)
    /// A view.
    case view(QualifiedName)
    /// The default of the column.
    case columnDefault
}

extension UserText: CustomStringConvertible {
    public var description: String {
        switch self {
        case .index(let name): "index \(name)"
        case .constraint(let name): "constraint \(name)"
        case .trigger(let name): "trigger \(name)"
        case .policy(let name): "policy \(name)"
        case .statistics(let name): "statistics \(name)"
        case .view(let name): "view \(name)"
        case .columnDefault: "default"
        }
    }
}

extension Rehearsal {
    /// Runs an object's text, and proves that it means what the object does if it has operators that aren't printed.
    ///
    /// - Returns: the schemas in which they must be looked up; nil if nowhere but in pg_catalog.
    func make(_ object: UserText, _ statement: SQL, _ meaning: Meaning, _ tree: SQL) async throws -> [Identifier]? {
        guard !meaning.schemas.isEmpty else {
            // With no such operator elsewhere, fewer schemas to look in leave the same one.
            try await run(statement)
            return nil
        }
        let path = try await make(object, [statement], meaning: meaning, paths: [[], meaning.schemas], tree: tree)
        return path.isEmpty ? nil : path
    }

    /// Runs an object's text under the first of several paths under which it means what it should.
    ///
    /// - Parameters:
    ///   - paths: schemas to look operators up in, beside pg_catalog.
    ///   - tree: the expression that the server then keeps.
    /// - Returns: the path.
    /// - Throws: `Failure.refused` where none of them gives the same operators and functions.
    func make(
        _ object: UserText,
        _ statements: [SQL],
        meaning original: Meaning,
        paths: [[Identifier]],
        tree: SQL
    ) async throws -> [Identifier] {
        var reason = "run again, its text would call other operators or functions than now"
        for path in paths {
            var found: Meaning?
            let error = try await attempt {
                for statement in statements {
                    try await run(statement, searchPath: LookupPath.text(path))
                }
                found = try await meaning(of: tree)
            }
            if let error {
                reason = error.serverMessage
            } else if found?.calls == original.calls {
                return path
            } else {
                try await takeBack()
            }
        }
        throw object.unprovable(reason)
    }

    /// What an expression means that the server has just been given.
    func meaning(of tree: SQL) async throws -> Meaning {
        try await Meaning.read(tree, on: session)
    }
}

extension UserText {
    /// It can't be shown that the text means what the object does.
    func unprovable(_ reason: String) -> Failure {
        Failure(
            .refused,
            "\(self): it compares by an operator '=' that its text doesn't name, and can't be made again: \(reason)",
            left: "Nothing was changed.",
            next: "Make it anew with the operator written out (a OPERATOR(schema.=) b), or drop it until the change is "
                + "over."
        )
    }
}
