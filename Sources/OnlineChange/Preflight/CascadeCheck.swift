/// Columns that refer to one whose type changes: those that go along, and those that stay as they are.
enum CascadeCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        subject.companions.flatMap { companion($0, subject) } + size(subject)
            + subject.leftBehind.map { left($0, subject) }
    }

    /// A column's keys, constraints and triggers took 8 to 20 ms, all under one lock.
    private static func size(_ subject: PreflightSubject) -> [Finding] {
        let milliseconds = (subject.companions.count + 1) * 15
        guard !subject.companions.isEmpty, milliseconds > 50 else { return [] }
        return [
            .note(
                "table \(subject.table.name)",
                "swap and rollback exchange \(subject.companions.count + 1) columns in one transaction that holds the locks of "
                    + "all their tables for some \(milliseconds) ms: they need a --lock-timeout of twice that"
            )
        ]
    }

    private static func companion(_ column: ReferringColumn, _ subject: PreflightSubject) -> [Finding] {
        var findings: [Finding] = []
        if column.kind == "p" || subject.table.isPartitioned {
            let table = column.kind == "p" ? column.table.name : subject.table.name
            findings.append(
                .refused(
                    column.object,
                    "it goes along with \(subject.from) (\(column.constraint)), and table \(table) is partitioned: columns of "
                        + "several tables can't be changed together yet where one of them is",
                    wayOut: "Leave --cascade out, and change the columns one after another."
                )
            )
        }
        for option in ["using", "reverse"] where subject.arguments.texts[option] != nil {
            findings.append(
                .refused(
                    column.object,
                    "it goes along with \(subject.from) (\(column.constraint)), and the expression of --\(option) speaks of "
                        + "\(subject.from)",
                    wayOut: "Leave --\(option) out, or --cascade, and change the columns one after another."
                )
            )
        }
        return findings
    }

    private static func left(_ column: ReferringColumn, _ subject: PreflightSubject) -> Finding {
        let advice =
            column.type != column.baseType && subject.column?.type != column.type
            ? "its type is a domain: change it by itself"
            : "--cascade takes it along, or change it by itself"
        let isDirect = column.referred == ColumnKey(table: subject.table.oid, number: subject.column?.number ?? 0)
        let referred = "\(isDirect ? "" : "a column that goes along with ")\(subject.table.name).\(subject.from)"
        return .note(
            column.object,
            "it refers to \(referred) (\(column.constraint)), stays \(column.type), and overflows where that no longer does: "
                + advice
        )
    }
}
