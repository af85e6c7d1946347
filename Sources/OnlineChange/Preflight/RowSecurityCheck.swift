/// Row security that would hide rows from the backfill.
enum RowSecurityCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        guard subject.table.forcesRowSecurity, !subject.facts.ownerBypassesRowSecurity else { return [] }
        return [
            .refused(
                "table \(subject.table.name)",
                "FORCE ROW LEVEL SECURITY hides rows from its owner, \(subject.table.owner), too: the backfill and the "
                    + "comparison would miss them",
                wayOut:
                    "As a superuser: ALTER ROLE \(subject.table.owner.quoted) BYPASSRLS; until the change is finished."
            )
        ]
    }
}
