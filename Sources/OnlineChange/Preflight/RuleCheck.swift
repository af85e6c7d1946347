/// Rewrite rules, which see what a statement says and not what triggers make of it.
enum RuleCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        guard let number = subject.column?.number else { return [] }
        return subject.table.rules.filter { $0.columns.contains(number) }.map { rule in
            .acknowledge(
                "rule \(rule.name)",
                "it reads \(subject.from) as statements write it: for a statement that writes only \(subject.to) it sees "
                    + "NULL or the default until swap",
                wayOut: "Replace the rule by a trigger"
            )
        }
    }
}
