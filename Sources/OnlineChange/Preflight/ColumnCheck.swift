/// A column that exists.
enum ColumnCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        let object = "column \(subject.table.name).\(subject.from)"
        // What is no table is refused as such.
        guard !["S", "i", "I", "c"].contains(subject.table.kind) else { return [] }
        guard subject.column != nil else {
            return [.refused(object, "there is no such column", wayOut: suggestion(subject))]
        }
        return []
    }

    private static func suggestion(_ subject: PreflightSubject) -> String {
        let near = NearName.among(subject.table.columns.map(\.name.name), to: subject.from.name)
        guard let first = near.first else {
            let names = subject.table.columns.prefix(12).map(\.name.name).joined(separator: ", ")
            return "It has: \(names)\(subject.table.columns.count > 12 ? " …" : "")."
        }
        let written = first == first.lowercased() ? first : "'\"\(first)\"' (a name with capitals needs its quotes)"
        return "Did you mean \(written)?"
    }
}
