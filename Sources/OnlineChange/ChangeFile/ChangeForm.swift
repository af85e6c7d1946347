/// What a change by a built-in recipe is given: the one place where command lines and change files have it from.
struct ChangeForm: Sendable {
    /// The recipe's name.
    let recipe: String
    /// Arguments that must be there.
    let required: [String]
    /// Arguments that may be.
    var optional: [String] = []
    /// Those among them that name columns; the rest is texts, but for the table.
    let columns: Set<String>
    /// Options of yes or no.
    let flags: [ChangeFlag]

    var arguments: [String] { required + optional }

    static let all = [
        ChangeForm(
            recipe: "rename-column",
            required: ["table", "from", "to"],
            columns: ["from", "to"],
            flags: [.uniqueCopies]
        ),
        ChangeForm(
            recipe: "change-type",
            required: ["table", "column", "type"],
            optional: ["using", "reverse", "as"],
            columns: ["column", "as"],
            flags: [.cascade, .oneWay, .allowLossy]
        ),
        ChangeForm(
            recipe: "add-not-null",
            required: ["table", "column"],
            optional: ["fill"],
            columns: ["column"],
            flags: [.keepFilling]
        ),
    ]

    /// - Throws: `Failure.usage` if there is no recipe of that name.
    static func of(_ recipe: String) throws(Failure) -> ChangeForm {
        if let form = all.first(where: { $0.recipe == recipe }) { return form }
        throw RecipeReader.unknown(recipe)
    }
}

/// An option of yes or no that says how a change is made; the raw value is its name on command lines and in files.
public enum ChangeFlag: String, CaseIterable, Hashable, Sendable {
    case uniqueCopies = "unique-copies"
    case cascade
    case oneWay = "one-way"
    case allowLossy = "allow-lossy"
    case keepFilling = "keep-filling"
}
