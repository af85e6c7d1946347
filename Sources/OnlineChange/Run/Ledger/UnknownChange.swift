extension Failure {
    /// No change of a ledger has that name or number.
    static func unknownChange(_ reference: String, among names: [String]) -> Failure {
        let near = NearName.among(names, to: reference).prefix(3)
        return Failure(
            .refused,
            "there is no change '\(reference)'",
            left: "Nothing was changed.",
            next: near.isEmpty
                ? "online-change status lists the changes."
                : "Did you mean \(near.joined(separator: " or "))? online-change status lists all changes."
        )
    }

    /// A change that goes back can't be gone on with.
    static func isBeingRolledBack(_ name: String) -> Failure {
        Failure(
            .refused,
            "the change \(name) is being rolled back",
            left: "Nothing was changed.",
            next: "online-change rollback \(ShellWord(name))"
        )
    }

    /// There is nothing yet in which a change could be.
    static func noLedger(_ reference: String) -> Failure {
        Failure(
            .refused,
            "there is no change '\(reference)': this database has no ledger yet",
            left: "Nothing was changed.",
            next: "Look whether --dsn, or libpq's environment, leads to the database that was meant."
        )
    }
}
