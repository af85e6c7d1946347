import Postgres

/// What others have put on the column that follows, which goes at drop and everything on it with it.
enum AttachedObjectCheck {
    /// An object that depends on a column.
    struct Dependent: Codable, Hashable, Sendable {
        /// As `pg_describe_object` names it.
        let object: String
        /// Its bare name.
        let name: Identifier
        /// Whether the server refuses to drop the column while it stands; what isn't so goes with the column.
        let keepsColumn: Bool
    }

    static func findings(on column: Column, table: QualifiedName, dependents: [Dependent], isOriginal: Bool)
        -> [Finding]
    {
        var objects = dependents.map(\.object)
        if isOriginal {
            return objects.map { object in
                .refused(
                    object,
                    "it is new on column \(table).\(column.name) since the change was planned, and would go with it at drop",
                    wayOut: "Drop it now, and create it again once the change is finished."
                )
            }
        }
        if column.isNotNull { objects.append("NOT NULL of \(table).\(column.name)") }
        if column.hasComment { objects.append("comment on \(table).\(column.name)") }
        return objects.map { object in
            .acknowledge(
                object,
                "it hangs on the column that now bears the name \(column.name), which is the one that follows and goes "
                    + "at drop",
                wayOut: "Drop it now, and create it on the new name after swap: that is the original column then"
            )
        }
    }
}
