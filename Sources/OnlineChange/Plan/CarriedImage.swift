import Postgres

/// What each object that hangs on a column was when its change was planned.
///
/// The plan puts them on the column's successor as they were then: what somebody has altered since must be noticed, for
/// it would be undone without a word. Told by the text of their definitions, not by how we keep them: a newer release of
/// ours may read a plan.
public struct CarriedImage: Codable, Hashable, Sendable {
    /// Objects by the names that findings call them, with a hash of what defines each.
    private var objects: [String: String] = [:]

    /// - Parameter rewritten: triggers that the plan alters itself, and looks after by other means.
    init(_ dependents: ColumnDependents, of column: Column, in table: TableSnapshot, except rewritten: Set<Identifier>)
    {
        let label = "column \(table.name).\(column.name)"
        note("default of \(label)", [column.defaultExpression])
        note("privileges on \(label)", column.grants.map(Self.text).sorted())
        note("comment on \(label)", [dependents.comment])
        note("properties of \(label)", [column.storage, column.compression, Self.text(column.statisticsTarget)])
        note("options of \(label)", dependents.options.sorted())
        note(
            "NOT NULL of \(label)",
            [Self.text(column.isNotNull), Self.text(column.isNotNullPending), dependents.notNull?.name.name]
                + [dependents.notNull?.comment, Self.text(dependents.notNull?.isNoInherit)]
        )
        for constraint in dependents.constraints { note(constraint) }
        for policy in dependents.policies {
            note(
                "policy \(policy.name) on \(table.name)",
                [Self.text(policy.isPermissive), policy.command, policy.using, policy.check, policy.comment]
                    + policy.roles.map { $0?.name }.sorted { ($0 ?? "") < ($1 ?? "") }
            )
        }
        for one in dependents.statistics {
            note("statistics \(one.name)", [one.definition, Self.text(one.target), one.comment])
        }
        for view in dependents.views { note(view) }
        for publication in dependents.publications {
            note(
                "publication \(publication.name)",
                [publication.owner.name, publication.filter] + publication.columns.map(\.name).sorted()
            )
        }
        for sequence in dependents.sequences { note(sequence) }
        for index in table.indexes where index.isValid && index.columns.contains(column.number) {
            note(index, dependents.indexes.first { $0.name == index.name }, of: table)
        }
        for trigger in table.triggers
        where trigger.columns.contains(column.number) && !DualWrite.isOurs(trigger.name)
            && !rewritten.contains(trigger.name)
        {
            note("trigger \(trigger.name) on \(table.name)", [trigger.definition, trigger.enabled, trigger.comment])
        }
    }

    /// What has been altered since, and what is gone.
    ///
    /// - Parameter now: the image of what is there now.
    func findings(since now: CarriedImage) -> [Finding] {
        objects.sorted { $0.key < $1.key }.compactMap { object, definition in
            guard let found = now.objects[object] else {
                return .refused(
                    object,
                    "it is gone or has another name since the change was planned, which would carry it",
                    wayOut: "Put it back until swap, or roll the change back and start it again."
                )
            }
            guard found != definition else { return nil }
            return .acknowledge(
                object,
                "it was altered since the change was planned, and swap would make it what it was then",
                wayOut: "Put it back and alter it again after swap, or roll the change back and start it again"
            )
        }
    }

    private mutating func note(_ object: String, _ definition: [String?]) {
        objects[object] = StableHash.hex(definition.map { $0.map { "=\($0)" } ?? "-" }.joined(separator: "\u{1F}"))
    }

    private mutating func note(_ constraint: Constraint) {
        note(
            "constraint \(constraint.name) on \(constraint.table)",
            [constraint.kind, constraint.definition, constraint.comment, Self.text(constraint.isValidated)]
                + [Self.text(constraint.isDeferrable), Self.text(constraint.isDeferred)]
        )
    }

    private mutating func note(_ view: View) {
        let grants = view.grants.map { grant in
            "\(grant.privilege) \(grant.column?.name ?? "") \(grant.grantee?.name ?? "") \(grant.isGrantable)"
        }
        note(
            "view \(view.name)",
            [view.kind, view.owner.name, view.query, view.comment] + view.options.sorted() + grants.sorted()
                + view.columnComments.map { "\($0.column) \($0.comment)" }.sorted()
                + view.defaults.map { "\($0.column) \($0.expression)" }.sorted() + view.triggers.sorted()
                + view.rules.sorted()
        )
    }

    private mutating func note(_ sequence: OwnedSequence) {
        let numbers = [sequence.start, sequence.increment, sequence.least, sequence.greatest, sequence.cache]
        note(
            "sequence \(sequence.name)",
            [Self.text(sequence.isIdentity), sequence.type, Self.text(sequence.cycles), sequence.comment]
                + numbers.map { "\($0)" } + sequence.grants.map(Self.text).sorted()
        )
    }

    /// Without the mark that CLUSTER leaves: whoever runs that between the phases isn't to wait for it.
    private mutating func note(_ index: Index, _ extras: IndexExtras?, of table: TableSnapshot) {
        note(
            "index \(QualifiedName(schema: table.name.schema, name: index.name))",
            [index.definition, index.tablespace?.name, extras?.comment, Self.text(extras?.isReplicaIdentity)]
                + (extras?.targets ?? []).map { "\($0.number) \($0.target)" }
        )
    }

    private static func text(_ grant: ColumnGrant) -> String {
        "\(grant.privilege) \(grant.grantee?.name ?? "") \(grant.isGrantable)"
    }

    private static func text(_ value: (some CustomStringConvertible)?) -> String? { value?.description }
}
