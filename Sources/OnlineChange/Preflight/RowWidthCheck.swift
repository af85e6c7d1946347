/// Rows so wide that one more column might not fit into a page, which would fail the application's writes.
enum RowWidthCheck: PreflightCheck {
    /// What a heap tuple may take of an 8 kB page.
    private static let limit = 8160

    static func findings(_ subject: PreflightSubject) -> [Finding] {
        guard let column = subject.column else { return [] }
        let header = 24 + (subject.table.attributeCount + 8) / 8
        let width = header + subject.table.columns.reduce(0) { $0 + least($1) }
        let added = least(column)
        guard width + added > limit else { return [] }
        return [
            .acknowledge(
                "table \(subject.table.name)",
                "a row with a long value in each of its \(subject.table.columns.count) columns takes \(width) bytes, "
                    + "and with one more column \(width + added): more than a page holds (\(limit)), so a write may fail "
                    + "with 'row is too big'",
                wayOut: "Check how wide your rows are (SELECT max(pg_column_size(t)) FROM \(subject.table.name) t)"
            )
        ]
    }

    /// The least that a value takes in the row itself: a long one goes to the TOAST table and leaves 18 bytes.
    private static func least(_ column: Column) -> Int {
        column.length > 0 ? column.length : 18
    }
}
