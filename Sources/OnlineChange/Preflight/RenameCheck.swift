/// What applications notice of a rename, though nothing of it is an error.
enum RenameCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        guard let column = subject.column else { return [] }
        let object = "table \(subject.table.name)"
        var findings: [Finding] = []
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
        return findings
    }
}
