/// A write of one row.
struct RowChange: Sendable {
    let kind: ClientStatements.Kind
    let key: Int
    let value: String?

    var content: RowContent { kind == .delete ? .absent : .holding(value) }
}
