/// A column beside which another can be kept that holds the same.
enum CopiedColumnCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        guard let column = subject.column else { return [] }
        let object = "column \(subject.table.name).\(subject.from)"
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
}
