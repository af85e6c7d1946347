/// Triggers of a change that no ledger knows: it was dropped, moved or emptied, or the table came here without it.
enum OrphanedTriggerCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        // Who may not read the ledger is told so by another check.
        guard subject.facts.ledgerOwner == nil || subject.facts.ownerMayUseLedger else { return [] }
        let known = Set(subject.unfinished.flatMap(\.plan.allTriggerNames))
        let orphans = subject.table.triggers.map(\.name).filter { name in
            // One that fills NULLs may have been kept for good.
            DualWrite.isOurs(name) && !name.name.hasSuffix(" fill") && !known.contains(name)
        }
        guard !orphans.isEmpty else { return [] }
        let table = subject.table.name
        let drops = orphans.map { "DROP TRIGGER \($0.quoted) ON \(table.quoted);" }.joined(separator: " ")
        return [
            .refused(
                "trigger \(orphans[0]) on \(table)",
                "it belongs to a change that the ledger doesn't know: schema online_change was dropped, moved or emptied",
                wayOut: "Bring schema online_change back from a backup, or take away what the change left: \(drops) "
                    + "then the column that it had added."
            )
        ]
    }
}
