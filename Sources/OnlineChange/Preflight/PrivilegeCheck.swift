/// The right to act as the table's owner and to keep a ledger.
enum PrivilegeCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        let facts = subject.facts
        let owner = subject.table.owner
        let role = "role \(facts.user)"
        var findings: [Finding] = []
        if !facts.canActAsOwner {
            findings.append(
                .privilege(
                    role,
                    "only the owner of table \(subject.table.name), \(owner), can change it",
                    wayOut: "Connect as \(owner) or as a superuser, or have one of them run: "
                        + "GRANT \(owner.quoted) TO \(facts.user.quoted);"
                )
            )
        }
        if facts.ledgerOwner == nil, !facts.canCreateSchema {
            findings.append(
                .privilege(
                    role,
                    "the ledger needs a schema, and neither it nor \(owner) may create one",
                    wayOut: "As the database's owner: "
                        + "GRANT CREATE ON DATABASE \(facts.database.quoted) TO \(owner.quoted);"
                )
            )
        }
        if let ledgerOwner = facts.ledgerOwner, !facts.ownerMayUseLedger, !facts.canActAsLedgerOwner {
            let grants = LedgerSchema.grants(to: owner).map { "\($0.text);" }.joined(separator: " ")
            findings.append(
                .privilege(
                    role,
                    "the ledger (schema online_change) belongs to \(ledgerOwner), and \(owner) may not use it",
                    wayOut: "As \(ledgerOwner): \(grants)"
                )
            )
        }
        let needsIndexes = subject.column.map { column in
            subject.names.added != nil && subject.table.indexes.contains { $0.columns.contains(column.number) }
        }
        if needsIndexes == true, !facts.ownerCanCreateInSchema {
            findings.append(
                .privilege(
                    "schema \(subject.table.name.schema)",
                    "\(owner) may not create the index copies in it",
                    wayOut: "GRANT CREATE ON SCHEMA \(subject.table.name.schema.quoted) TO \(owner.quoted);"
                )
            )
        }
        if needsIndexes == true, !facts.ownerCanCreateTemporary {
            findings.append(
                .privilege(
                    "database \(facts.database)",
                    "\(owner) may not create the temporary table in which definitions of indexes are tried out",
                    wayOut: "GRANT TEMPORARY ON DATABASE \(facts.database.quoted) TO \(owner.quoted);"
                )
            )
        }
        if findings.isEmpty, subject.writesRows, !facts.canSilenceTriggers {
            findings += silencing(subject)
        }
        return findings
    }

    private static func silencing(_ subject: PreflightSubject) -> [Finding] {
        let names = subject.table.triggers
            .filter { trigger in
                trigger.enabled != "D" && trigger.type & 16 != 0
                    && (trigger.updateOf.isEmpty
                        || subject.column.map { trigger.updateOf.contains($0.number) } ?? false)
            }
            .map(\.name).filter { !DualWrite.isOurs($0) }.map(\.name)
        guard !names.isEmpty else { return [] }
        return [
            .note(
                "role \(subject.facts.user)",
                "it may not set session_replication_role, so the backfill fires the table's own triggers "
                    + "(\(names.joined(separator: ", "))) for every row; from 15 on: "
                    + "GRANT SET ON PARAMETER session_replication_role TO \(subject.facts.user.quoted)"
            )
        ]
    }
}
