import Postgres

/// A row that an update of ours may not touch, for it breaks a constraint of the table's own and did so before.
struct RefusedRow {
    let context: RunContext

    /// The failure with the constraint's name and the row's key; nil if the error is another one.
    func failure(_ error: PostgresError) async throws -> Failure? {
        guard case .server(let server) = error, server.state == .checkViolation, let name = server.constraint else {
            return nil
        }
        let table = try await CatalogReader(session: context.session)
            .snapshot(oid: context.plan.tableOID, mentions: [])
        let checks = UnprovenChecks(session: context.session, table: table, names: context.plan.names)
        guard let constraint = try await checks.all(except: nil).first(where: { $0.name.name == name }) else {
            return nil
        }
        var row = "a row"
        let verification = try await context.verification()
        if case .row(let key) = try await checks.search(constraint, among: verification.differs) { row = "row \(key)" }
        return Failure(
            .data,
            "\(constraint.object) is NOT VALID, and \(row) breaks it: the server refuses every update of that row",
            left: "What was written stays, and the position with it.",
            next: constraint.wayOut
                + " Then run the same command again; or: online-change rollback \(ShellWord(context.change.name))"
        )
    }
}
