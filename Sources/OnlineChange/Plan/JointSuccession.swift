import Postgres

/// How columns of another type take the places of several at once, and how they give them back.
///
/// A foreign key between two of them, a view or an index that reads both is taken off once and put on once, after all
/// names have been exchanged.
struct JointSuccession {
    let successions: [Succession]

    /// The added columns take the originals' places.
    func swap() -> [SQL] {
        exchange(isBack: false) + successions.flatMap { $0.lastNames() }
    }

    /// The original columns take their places back.
    func swapBack() -> [SQL] {
        successions.flatMap { $0.firstNames() } + exchange(isBack: true)
    }

    private func exchange(isBack: Bool) -> [SQL] {
        successions.flatMap { $0.notes(isBack: isBack) }
            + Self.once(successions.map { $0.detach().map { [$0] } })
            + successions.flatMap { $0.exchange(isBack: isBack) }
            // A key would look at every row of a column that isn't NOT NULL yet.
            + successions.flatMap { $0.notNull() }
            + successions.flatMap { $0.keys(isBack: isBack) }
            + successions.flatMap { $0.properties(isBack: isBack) }
            + Self.once(successions.map { $0.attach() })
            + views()
            + Self.once(successions.map { $0.publications() })
    }

    /// Foreign keys and the table's other constraints, each once.
    var constraints: [Constraint] {
        successions.flatMap(\.dependents.constraints).reduce(into: []) { result, constraint in
            let isKnown = result.contains { $0.name == constraint.name && $0.table == constraint.table }
            if !isKnown { result.append(constraint) }
        }
    }

    /// A list of views holds all that stand on those in it. So what only a later list has stands on nothing in an
    /// earlier one, and is made before that.
    private func views() -> [SQL] {
        var known: Set<[SQL]> = []
        let groups = successions.map { succession in
            succession.views().filter { known.insert(Self.text($0)).inserted }
        }
        return groups.reversed().flatMap { $0 }.flatMap { $0 }
    }

    private static func once(_ objects: [[[SQL]]]) -> [SQL] {
        var known: Set<[SQL]> = []
        return objects.flatMap { $0 }.filter { known.insert(text($0)).inserted }.flatMap { $0 }
    }

    /// What makes an object, wherever operators are looked up meanwhile: that was found out for each column by itself.
    private static func text(_ statements: [SQL]) -> [SQL] {
        statements.filter { !$0.text.hasPrefix("SET LOCAL search_path") }
    }
}
