import Postgres

/// What a change file comes to, given what the ledger has of its change. Pure.
///
/// A file is like a migration: it is done once. What it asks for is reached or not; it never takes a change back.
enum ApplyDecision: Hashable, Sendable {
    /// Nobody has begun it, or who had was undone and it is to begin again.
    case begin
    /// It is begun and hasn't come so far.
    case goOn
    /// It is so far, or farther.
    case leave
    /// It contradicts what is there.
    case refuse(Failure)

    /// - Parameters:
    ///   - wanted: what the file asks for.
    ///   - table: the oid of its table.
    ///   - known: the newest change of its name, an unfinished one first; nil if the ledger has none.
    ///   - phase: the phase to go through.
    ///   - isAgain: whether to begin anew what was rolled back.
    init(_ wanted: ChangeSubject, of table: UInt32, known: KnownChange?, through phase: String, isAgain: Bool) {
        guard let known else {
            self = .begin
            return
        }
        let differences = wanted.differences(from: known.subject)
        switch known.state {
        // Its arguments were changed after it had been undone: that is another change, which nobody has undone.
        case .rolledBack where isAgain || !differences.isEmpty:
            self = .begin
        case .rolledBack:
            self = .refuse(.wasRolledBack(known))
        case _ where !differences.isEmpty:
            self = .refuse(.contradicts(known, differences))
        case .rollingBack:
            self = .refuse(.isBeingRolledBack(known.name))
        case .finished:
            self = .leave
        case .active where known.tableOID != table:
            self = .refuse(.isAboutAnotherTable(known))
        case .active:
            let asked = known.phases.contains(phase) ? phase : known.phases.last ?? phase
            let reached = known.phases.firstIndex(of: known.phase ?? "") ?? -1
            self = known.phases.firstIndex(of: asked).map { $0 <= reached } ?? false ? .leave : .goOn
        }
    }
}

/// What the ledger has of a change, as far as it decides.
struct KnownChange: Hashable, Sendable {
    let name: String
    let subject: ChangeSubject
    let tableOID: UInt32
    let state: ChangeRecord.State
    /// The names of its plan's phases in order.
    let phases: [String]
    /// The one last reached.
    let phase: String?
    /// When it ended, as the server writes it.
    let endedAt: String?
}

/// What makes a change the one that it is: the recipe, the table and the arguments.
struct ChangeSubject: Hashable, Sendable {
    let recipe: String
    /// The schema; nil where the table could not be found and was given without.
    var schema: Identifier?
    let table: Identifier
    /// The recipe's arguments but the table, as the plan has them.
    let arguments: [String: String]

    /// What this has other than an earlier one, argument by argument.
    func differences(from earlier: ChangeSubject) -> [String] {
        guard recipe == earlier.recipe else { return ["recipe is \(recipe), was \(earlier.recipe)"] }
        var differences: [String] = []
        if table != earlier.table || schema.map({ $0 != earlier.schema }) ?? false {
            differences.append("table is \(tableText), was \(earlier.tableText)")
        }
        for name in Set(arguments.keys).union(earlier.arguments.keys).sorted()
        where arguments[name] != earlier.arguments[name] {
            let now = arguments[name].map { "is \($0)" } ?? "is not given"
            let then = earlier.arguments[name].map { "was \($0)" } ?? "was not given"
            differences.append("\(name) \(now), \(then)")
        }
        return differences
    }

    private var tableText: String { (schema.map { "\($0)." } ?? "") + table.name }
}

extension KnownChange {
    init(_ record: ChangeRecord) {
        self.init(
            name: record.name,
            subject: ChangeSubject(record.plan),
            tableOID: record.plan.tableOID,
            state: record.state,
            phases: record.plan.phases.map(\.name),
            phase: record.phase,
            endedAt: record.finishedAt
        )
    }
}

extension ChangeSubject {
    init(_ plan: Plan) {
        self.init(
            recipe: plan.recipe,
            schema: plan.table.schema,
            table: plan.table.name,
            arguments: plan.arguments
        )
    }

    /// - Throws: `NameSyntax.Problem` for what is no name.
    init(_ request: ChangeRequest) throws(NameSyntax.Problem) {
        let (schema, table) = try NameSyntax.optionallyQualified(request.table)
        self.init(
            recipe: request.recipe.name,
            schema: schema,
            table: table,
            arguments: try ArgumentValues(request).byName
        )
    }
}

extension Failure {
    fileprivate static func wasRolledBack(_ known: KnownChange) -> Failure {
        Failure(
            .refused,
            "the change \(known.name) was rolled back" + (known.endedAt.map { " at \($0)" } ?? "")
                + ", and is not begun again of itself",
            left: "Nothing was changed.",
            next: "Remove the file if the change is given up, or begin it anew: the same command with --again."
        )
    }

    fileprivate static func isAboutAnotherTable(_ known: KnownChange) -> Failure {
        Failure(
            .refused,
            "the change \(known.name) was begun on another table of that name (oid \(known.tableOID)), which was dropped, "
                + "renamed or restored from a dump since",
            left: "Nothing was changed.",
            next: "End what was begun: online-change rollback \(ShellWord(known.name)); then apply it with --again."
        )
    }

    fileprivate static func contradicts(_ known: KnownChange, _ differences: [String]) -> Failure {
        Failure(
            .refused,
            "the change \(known.name) was begun with other arguments: \(differences.joined(separator: "; "))",
            left: "Nothing was changed.",
            next: known.state == .finished
                ? "It is finished: put back what the file said, and make the new change in a file of its own, with a "
                    + "name of its own (change:)."
                : "Put back what the file said, or undo what was begun: online-change rollback \(ShellWord(known.name))"
        )
    }
}
