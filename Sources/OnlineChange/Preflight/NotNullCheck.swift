import Postgres

/// What stands in the way of NOT NULL, or of filling what is NULL, as far as the expression and the constraints tell.
enum NotNullCheck {
    static func findings(
        _ facts: NotNullFacts,
        _ subject: PreflightSubject
    ) -> [Finding] {
        guard let column = subject.column else { return [] }
        guard facts.findings.isEmpty else { return facts.findings }
        let object = "column \(subject.table.name).\(column.name)"
        if let proof = facts.proof {
            return [
                .note(
                    object,
                    "constraint \(proof) proves already that it has no NULL: it is used, and nothing is filled"
                )
            ]
        }
        if column.baseTypeKind == "c", !NotNullFacts.hasConstraint(subject.facts) {
            return [
                .refused(
                    object,
                    "it is composite, for which no CHECK proves NOT NULL to a server before 18",
                    wayOut: "Upgrade the server to 18, or use plain ALTER TABLE in a quiet moment."
                )
            ]
        }
        guard let fill = facts.fill else {
            return [
                .note(
                    object,
                    "no row has NULL there; from expand on the server refuses a statement that writes one"
                )
            ]
        }
        return writability(column, object) + sources(fill, subject) + firing(facts, subject)
            + facts.demands.compactMap { demand(object: $0, fill, column) }
            + [
                .note(
                    object,
                    "a write for which the expression fails or gives NULL is stored with NULL until swap, and refused "
                        + "by the server from then on; the expression runs as the table's owner"
                )
            ]
    }

    private static func writability(_ column: Column, _ object: String) -> [Finding] {
        guard !column.generated.isEmpty else { return [] }
        return [
            .refused(
                object,
                "it is generated, so nothing can be filled in",
                wayOut: "Have its own expression give a value for every row, and leave --fill out."
            )
        ]
    }

    /// Columns that the expression can't read in a trigger, or that another change is about to take away.
    private static func sources(_ fill: FillExpression, _ subject: PreflightSubject) -> [Finding] {
        fill.reads.flatMap { name -> [Finding] in
            let object = "column \(subject.table.name).\(name)"
            var findings: [Finding] = []
            if let source = subject.table.column(name), !source.generated.isEmpty {
                findings.append(
                    .refused(
                        object,
                        "the fill expression reads it, and it is generated: it has no value yet when triggers run",
                        wayOut: "Write what it is generated from instead."
                    )
                )
            }
            findings += subject.unfinished.filter { $0.plan.namesInUse(in: subject.table.oid).contains(name) }.map {
                other in
                .refused(
                    object,
                    "the fill expression reads it, and the change \(other.name) (number \(other.id)) works on it",
                    wayOut:
                        "Finish it (online-change advance \(other.id)) or undo it (online-change rollback \(other.id))."
                )
            }
            return findings
        }
    }

    /// Triggers of the table's own that can't be kept still, because the server's must not be.
    private static func firing(_ facts: NotNullFacts, _ subject: PreflightSubject) -> [Finding] {
        guard let checked = facts.demands.first(where: \.isCheckedByTrigger), subject.facts.canSilenceTriggers else {
            return []
        }
        return subject.table.triggers
            .filter { $0.enabled == "O" && $0.type & 16 != 0 && !DualWrite.isOurs($0.name) }
            .map { trigger in
                .note(
                    "trigger \(trigger.name)",
                    "it fires for every row that the backfill writes, as the server's own do that check \(checked.object)"
                )
            }
    }

    /// A value that breaks a constraint makes an error of a write that stored NULL before.
    private static func demand(object demand: NotNullFacts.Demand, _ fill: FillExpression, _ column: Column) -> Finding?
    {
        let isUnique = ["u", "p", "x"].contains(demand.kind)
        if isUnique, !fill.reads.isEmpty {
            return .note(demand.object, "it holds \(column.name): two rows that are filled with the same would collide")
        }
        return .acknowledge(
            demand.object,
            isUnique
                ? "it holds \(column.name), and the fill expression reads no column: unless it gives another value each "
                    + "time, the second write that is filled fails"
                : "it reads \(column.name): a write that stored NULL before fails if it doesn't take the filled value",
            wayOut: "See that it takes whatever the fill expression gives"
        )
    }
}

/// A temporary table is needed to have the server read a fill expression.
enum FillPrivilegeCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        let facts = subject.facts
        guard subject.arguments.texts["fill"] != nil, !facts.ownerCanCreateTemporary else { return [] }
        let owner = subject.table.owner
        return [
            .privilege(
                "database \(facts.database)",
                "\(owner) may not create the temporary table in which the fill expression is tried out",
                wayOut: "GRANT TEMPORARY ON DATABASE \(facts.database.quoted) TO \(owner.quoted);"
            )
        ]
    }
}

/// Publications of all tables, which the ledger's are too.
enum LedgerPublicationCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        subject.table.publications.filter { $0.scope == .allTables }.map { publication in
            .acknowledge(
                "publication \(publication.name)",
                "FOR ALL TABLES sends the ledger's tables too; a subscriber without them stops",
                wayOut:
                    "On every subscriber first: the schema online_change as it is here (pg_dump -s -n online_change)"
            )
        }
    }
}
