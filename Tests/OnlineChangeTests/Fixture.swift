import Postgres

@testable import OnlineChange

/// Values that the catalog would give, for tests without a server.
enum Fixture {
    static let table = QualifiedName(schema: "app", name: "users")

    static let facts = ServerFacts(
        version: 16_00_04,
        database: "shop",
        user: "ops",
        isInRecovery: false,
        isSuperuser: false,
        canActAsOwner: true,
        ownerBypassesRowSecurity: false,
        canCreateSchema: true,
        ownerCanCreateInSchema: true,
        ownerCanCreateTemporary: true,
        canSilenceTriggers: true,
        ledgerOwner: nil,
        ownerMayUseLedger: true,
        canActAsLedgerOwner: true,
        deadlockTimeout: 1000,
        smallestDeadlockTimeout: 1000,
        rolesWithStrictIsolation: [],
        standbyCount: 0,
        parallelWorkers: 2
    )

    /// A text column; `change` makes it another.
    static func column(_ number: Int, _ name: Identifier, _ change: (inout Column) -> Void = { _ in }) -> Column {
        var column = Column(
            number: number,
            name: name,
            type: "text",
            baseType: "text",
            typeKind: "b",
            baseTypeKind: "b",
            systemType: "text",
            typeHasDefault: false,
            length: -1,
            collation: nil,
            hasNondeterministicCollation: false,
            isNotNull: false,
            hasComment: false,
            defaultExpression: nil,
            identity: "",
            generated: "",
            storage: nil,
            compression: "",
            statisticsTarget: nil,
            grants: []
        )
        change(&column)
        return column
    }

    static func index(_ name: Identifier, _ columns: [Int], isUnique: Bool = false, isPrimary: Bool = false) -> Index {
        Index(
            name: name,
            quotedName: name.name,
            definition: "CREATE INDEX \(name) ON app.users USING btree (…)",
            columns: columns,
            isPrimary: isPrimary,
            isUnique: isUnique,
            isImmediate: true,
            isValid: true,
            tablespace: nil
        )
    }

    static func trigger(
        _ name: Identifier,
        _ definition: String,
        type: Int = 1 + 2 + 16,
        updateOf: [Int] = [],
        list: String = ""
    ) -> Trigger {
        Trigger(
            name: name,
            quotedName: name.name,
            definition: definition,
            type: type,
            enabled: "O",
            updateOf: updateOf,
            updateOfList: list,
            isConstraint: false,
            function: "app.touch",
            comment: nil
        )
    }

    /// A table of two columns, `id` and `name`, with a primary key.
    static func users(_ change: (inout TableSnapshot) -> Void = { _ in }) -> TableSnapshot {
        var table = TableSnapshot(
            oid: 16384,
            name: table,
            quotedName: "app.users",
            kind: "r",
            persistence: "p",
            owner: "app",
            estimatedRows: 1_000_000,
            heapBytes: 128 << 20,
            parent: nil,
            hasChildren: false,
            typedBy: nil,
            forcesRowSecurity: false,
            attributeCount: 2,
            transactionAge: 1000,
            freezeMaxAge: 200_000_000,
            columns: [column(1, "id"), column(2, "name")],
            indexes: [index("users_pkey", [1], isUnique: true, isPrimary: true)],
            triggers: [],
            rules: [],
            rowTypeUsers: [],
            routines: [],
            publications: []
        )
        change(&table)
        return table
    }

    static func subject(table: TableSnapshot = users(), facts: ServerFacts = facts) -> PreflightSubject {
        PreflightSubject(
            table: table,
            facts: facts,
            names: .exchanging("name", "full_name"),
            unfinished: []
        )
    }

    /// The plan to rename `name` to `full_name`.
    static func plan(
        _ table: TableSnapshot = users(),
        exchanged: ExchangedDefinitions = ExchangedDefinitions(),
        findings: [Finding] = [],
        options: PlanningOptions = PlanningOptions(),
        to: Identifier = "full_name"
    ) throws -> Plan {
        let recipe = try RecipeReader.builtIn("rename-column")
        let arguments = ArgumentValues(columns: ["from": "name", "to": to])
        return try Planner(
            recipe: recipe,
            arguments: arguments,
            change: Planner.defaultName(table: table.name, recipe: recipe, arguments: arguments),
            options: options
        ).plan(table: table, facts: facts, exchanged: exchanged, findings: findings)
    }
}
