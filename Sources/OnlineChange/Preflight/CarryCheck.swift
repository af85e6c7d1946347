import Postgres

/// What hangs on a column and can't be carried to another.
enum CarryCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        guard let dependents = subject.dependents, let column = subject.column else { return [] }
        let owner = subject.table.owner
        return dependents.others.map { other in
            .refused(
                other,
                "it depends on column \(subject.table.name).\(column.name) and can't be carried to another",
                wayOut: "Drop it, and create it again after swap."
            )
        }
            + dependents.constraints.flatMap { constraint($0, owner: owner) }
            + dependents.views.flatMap { view($0, owner: owner) }
            + dependents.publications.filter { $0.owner != owner }.map { publication in
                .refused(
                    "publication \(publication.name)",
                    "it names the column and belongs to \(publication.owner), not to \(owner)",
                    wayOut: "ALTER PUBLICATION \(publication.name.quoted) OWNER TO \(owner.quoted); until swap."
                )
            }
    }

    private static func constraint(_ constraint: Constraint, owner: Identifier) -> [Finding] {
        let object = "constraint \(constraint.name) on \(constraint.table)"
        if constraint.kind == "x" {
            return [
                .refused(
                    object,
                    "an exclusion constraint or a key over periods can't be built while the table is written",
                    wayOut: "Drop it, and add it again after drop in a quiet moment."
                )
            ]
        }
        if constraint.kind == "f",
            let other = [constraint.owner, constraint.referencedOwner ?? owner].first(where: { $0 != owner })
        {
            return [
                .refused(
                    object,
                    "it ties tables of different owners (\(owner) and \(other)), and our session is "
                        + "only one of them",
                    wayOut: "Drop it, and add it again after swap (NOT VALID, then VALIDATE)."
                )
            ]
        }
        if constraint.isDeferrable, constraint.kind != "f" {
            return [
                .acknowledge(
                    object,
                    "it is deferrable; its index can be built as an immediate one only, so between that and swap a "
                        + "transaction that repeats a value for a moment fails",
                    wayOut: "See that no transaction does"
                )
            ]
        }
        return []
    }

    private static func view(_ view: View, owner: Identifier) -> [Finding] {
        let object = "\(view.kind == "m" ? "materialized view" : "view") \(view.name)"
        if view.kind == "m" {
            return [
                .refused(
                    object,
                    "it reads the column, and it can't be rebuilt within the swap's short lock",
                    wayOut: "DROP MATERIALIZED VIEW \(view.name.quoted); and create it again after swap: "
                        + "CREATE MATERIALIZED VIEW \(view.name.quoted) AS \(view.query);"
                )
            ]
        }
        var findings = view.others.map { other in
            Finding.refused(
                other,
                "it depends on \(object), which is made anew at swap",
                wayOut: "Drop it, and create it again after swap."
            )
        }
        if !view.rulesMeaning.schemas.isEmpty {
            findings.append(
                .refused(
                    object,
                    "a rule or a default of it, which is made anew at swap, compares by an operator '=' that isn't in "
                        + "pg_catalog",
                    wayOut: "Drop the rule, or the default, and create it again after swap."
                )
            )
        }
        let strangers = Set([view.owner] + view.grants.map(\.grantor)).subtracting([owner])
        if let stranger = strangers.min() {
            findings.append(
                .refused(
                    object,
                    "it is made anew at swap, and it belongs to \(stranger), or \(stranger) granted rights on it",
                    wayOut: "ALTER VIEW \(view.name.quoted) OWNER TO \(owner.quoted); until swap, or drop it."
                )
            )
        }
        return findings
    }
}
