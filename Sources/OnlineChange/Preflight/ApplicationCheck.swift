/// What applications will notice, though nothing of it is an error.
enum ApplicationCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        guard let column = subject.column else { return [] }
        let object = "table \(subject.table.name)"
        var findings: [Finding] = [
            .note(
                object,
                "until drop it has one column more: SELECT *, COPY without a column list and INSERT without one see it, "
                    + "and a prepared SELECT * fails once with 'cached plan must not change result type'"
            )
        ]
        if column.defaultExpression != nil {
            findings.append(
                .note(
                    object,
                    "\(subject.from) has a default: an INSERT that gives \(subject.to) as an explicit NULL and leaves "
                        + "\(subject.from) out stores the default"
                )
            )
        }
        let unique = subject.table.indexes.filter { $0.isUnique && $0.columns.contains(column.number) }
        if !unique.isEmpty {
            findings.append(
                .note(
                    object,
                    "ON CONFLICT (\(subject.from)) works until swap and ON CONFLICT (\(subject.to)) from swap on; "
                        + "--unique-copies makes both work throughout, at the risk of 'duplicate key' on hot keys"
                )
            )
        }
        for role in subject.facts.rolesWithStrictIsolation {
            findings.append(
                .note(
                    "role \(role)",
                    "it defaults to REPEATABLE READ or SERIALIZABLE and may see more serialization failures (40001) "
                        + "while the backfill runs"
                )
            )
        }
        return findings
    }
}
