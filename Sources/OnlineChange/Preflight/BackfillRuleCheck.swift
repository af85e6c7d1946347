/// Rewrite rules that would make something else of the backfill's UPDATE.
enum BackfillRuleCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        guard subject.writesRows else { return [] }
        let rewriting = subject.table.rules.filter { rule in
            rule.isOnUpdate && ["A", subject.facts.canSilenceTriggers ? "R" : "O"].contains(rule.enabled)
        }
        return rewriting.map { rule in
            .refused(
                "rule \(rule.name)",
                "it would rewrite the UPDATE of the backfill",
                wayOut: rule.enabled == "O"
                    ? "Run it as a role that may set session_replication_role (from 15 on: GRANT SET ON PARAMETER), or "
                        + "replace the rule by a trigger."
                    : "Replace the rule by a trigger."
            )
        }
    }
}
