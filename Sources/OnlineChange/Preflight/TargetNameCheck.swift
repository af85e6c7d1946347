import Postgres

/// A new name that is free and that the server can hold.
enum TargetNameCheck: PreflightCheck {
    private static let systemColumns: Set<String> = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"]

    static func findings(_ subject: PreflightSubject) -> [Finding] {
        let to = subject.to
        let object = "column \(subject.table.name).\(to)"
        if to == subject.from {
            return [.refused(object, "it has that name already", wayOut: "Give it another name.")]
        }
        if systemColumns.contains(to.name) {
            return [
                .refused(object, "every table has a system column of that name", wayOut: "Choose another name.")
            ]
        }
        if !to.isStorable {
            return [
                .refused(
                    object,
                    "the name has \(to.name.utf8.count) bytes and the server keeps \(Identifier.maximumBytes)",
                    wayOut: "Choose a shorter name."
                )
            ]
        }
        if subject.table.column(to) != nil {
            return [
                .refused(
                    object,
                    "the table has a column of that name already",
                    wayOut: "Choose another name, or rename or drop that column first."
                )
            ]
        }
        return []
    }
}
