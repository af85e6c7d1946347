/// A column that exists and that statements may write.
enum ColumnCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        let object = "column \(subject.table.name).\(subject.from)"
        // What is no table is refused as such.
        guard !["S", "i", "I", "c"].contains(subject.table.kind) else { return [] }
        guard let column = subject.column else {
            return [.refused(object, "there is no such column", wayOut: suggestion(subject))]
        }
        if !column.generated.isEmpty {
            return [
                .refused(
                    object,
                    "it is generated, so no statement may write it",
                    wayOut: "Rename it with ALTER TABLE: the server keeps it by itself."
                )
            ]
        }
        if column.typeDemandsValue {
            return [
                .refused(
                    object,
                    "its type \(column.type) is a domain with NOT NULL, which the server demands of an INSERT by "
                        + "\(subject.to) alone before any trigger can give a value",
                    wayOut: "Give the column a default until drop, or move NOT NULL from the domain to the column."
                )
            ]
        }
        if column.typeHasDefault {
            return [
                .refused(
                    object,
                    "its type \(column.baseType) has a default of its own, which an added column would get",
                    wayOut: "ALTER TYPE can't remove it; rename with ALTER TABLE in a quiet moment."
                )
            ]
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
