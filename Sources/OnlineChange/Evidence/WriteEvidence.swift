import Postgres

/// Reads what our triggers have counted of the writes that old releases make.
struct WriteEvidence: Sendable {
    let session: Session
    let plan: Plan
    let isSwapped: Bool

    /// A counter, and what it says.
    struct Counted: Sendable {
        let place: Int
        let counter: WriteCounter?
        let counted: CountedWrites?
        let report: Evidence.Writes
    }

    /// By the columns of the plan; those have none that old releases write no other way.
    func read() async throws -> [Counted] {
        var all: [Counted] = []
        for (place, column) in plan.columns.enumerated() {
            if let dualWrite = column.dualWrite, let name = column.legacyName, isSwapped {
                all.append(
                    try await read(
                        (place, column.table, name, .legacy),
                        dualWrite.counter,
                        triggers: dualWrite.countingNames,
                        on: column.tableOID
                    )
                )
            }
            if let fill = column.fill, let counter = fill.counter {
                all.append(
                    try await read(
                        (place, column.table, column.names.original, .filled),
                        counter,
                        triggers: [fill.name],
                        on: column.tableOID
                    )
                )
            }
        }
        return all
    }

    private typealias Subject = (place: Int, table: QualifiedName, column: Identifier, kind: Evidence.Writes.Kind)

    private func read(_ subject: Subject, _ counter: WriteCounter, triggers: [Identifier], on table: UInt32)
        async throws
        -> Counted
    {
        var counted: CountedWrites?
        var problem: String? = try await silent(triggers, on: table)
        do {
            counted = try await counter.read(session)
            if counted == nil, problem == nil { problem = "the counter is gone" }
        } catch let error as PostgresError where error.state == .insufficientPrivilege {
            problem = "this role may not read the counter: GRANT SELECT ON ALL SEQUENCES IN SCHEMA online_change"
        }
        return Counted(
            place: subject.place,
            counter: problem == nil ? counter : nil,
            counted: counted,
            report: Evidence.Writes(
                table: "\(subject.table)",
                column: subject.column.name,
                kind: subject.kind,
                count: counted?.count,
                first: counted?.first,
                last: counted?.last,
                secondsAgo: counted?.secondsAgo,
                problem: problem
            )
        )
    }

    /// Why a counter may have missed writes: its triggers are not there, or don't fire.
    private func silent(_ triggers: [Identifier], on table: UInt32) async throws -> String? {
        if plan.isOneWay, plan.columns.contains(where: { $0.dualWrite != nil }) {
            return "the change is one-way: from swap on no trigger sees writes to the old column"
        }
        let firing: Int = try await session.value(
            """
            SELECT count(*) FROM pg_trigger
            WHERE tgrelid = \(table)::oid AND tgname = ANY (\(triggers.map(\.name))::text[]) AND tgenabled = 'A'
            """
        )
        return firing == triggers.count ? nil : "a trigger that counts was dropped or disabled (\(triggers[0]))"
    }
}
