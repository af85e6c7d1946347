import Postgres

/// A server of a version that has what changes need, and that can be written to.
enum ServerAilments: DoctorCheck {
    static func ailments(_ subject: DoctorSubject) async throws -> [Ailment] {
        let table = subject.table ?? .none(owner: subject.facts.user)
        var found = ServerCheck.findings(PreflightSubject(any: table, subject)).map { Ailment($0) }
        if (14_00_00..<15_00_00).contains(subject.facts.version) {
            found.append(
                .worthKnowing(
                    "server",
                    "before PostgreSQL 15 partitioned tables can't be changed so",
                    "Upgrade the server, or ALTER TABLE in a quiet moment."
                )
            )
        }
        return found
    }
}

extension PreflightSubject {
    /// As if a column were to be added to the table: what preflight says of any change of it.
    init(any table: TableSnapshot, _ subject: DoctorSubject) {
        let column = table.columns.first?.name ?? "column"
        self.init(
            table: table,
            facts: subject.facts,
            names: .exchanging(column, column.shortened(appending: " online_change doctor")),
            // Which columns others work on is told with the changes.
            unfinished: subject.unfinished ?? []
        )
    }
}

extension TableSnapshot {
    /// Stands for a table where none is of interest.
    static func none(owner: Identifier) -> TableSnapshot {
        TableSnapshot(
            oid: 0,
            name: QualifiedName(schema: "pg_catalog", name: "none"),
            quotedName: "none",
            kind: "r",
            persistence: "p",
            owner: owner,
            estimatedRows: 0,
            heapBytes: 0,
            parent: nil,
            hasChildren: false,
            typedBy: nil,
            forcesRowSecurity: false,
            attributeCount: 0,
            transactionAge: 0,
            freezeMaxAge: 200_000_000,
            columns: [],
            indexes: [],
            triggers: [],
            rules: [],
            rowTypeUsers: [],
            routines: [],
            publications: []
        )
    }
}
