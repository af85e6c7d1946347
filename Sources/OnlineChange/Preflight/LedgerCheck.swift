/// What the first change in a database leaves there besides itself.
enum LedgerCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        guard subject.facts.ledgerOwner == nil else { return [] }
        return [
            .note(
                "schema online_change",
                "it is created for the ledger, as this is the first change in \(subject.facts.database), and belongs to "
                    + "\(subject.table.owner)"
            )
        ]
    }
}
