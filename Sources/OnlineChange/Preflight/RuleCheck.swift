/// Rewrite rules, which see what a statement says and not what triggers make of it.
enum RuleCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        guard let number = subject.column?.number else { return [] }
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
            + subject.table.rules.filter { $0.columns.contains(number) }.map { rule in
                .acknowledge(
                    "rule \(rule.name)",
                    "it reads \(subject.from) as statements write it: for a statement that writes only \(subject.to) it sees "
                        + "NULL or the default until swap",
                    wayOut: "Replace the rule by a trigger"
                )
            }
    }
}
