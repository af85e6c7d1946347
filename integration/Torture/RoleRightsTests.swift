import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

extension Torture {
    /// Roles that may do little: the application's, and the owner of one table.
    @Suite(.database, .serialized, .timeLimit(.minutes(20))) struct RoleRightsTests {
        /// A role that has rights on two columns, and none on our schema or on what conversions and fills call, goes on
        /// writing and reading in every phase, there and back. A second session of it has a hostile search_path and
        /// temporary objects by the names of the server's: nothing of ours may be led astray by them.
        @Test func applicationsWorkInEveryPhase() async throws {
            let connection = try await TestDatabase.current.connect()
            try await HostileSchema.create(on: connection)
            await connection.close()
            let complaints = try await Torture.scenario(
                "application roles with column rights, hostile search_path, by phase",
                PhasedChange.tried
            ) { change in
                try await withRole { role in try await goThrough(change, role) }
            }
            #expect(complaints == [])
        }

        /// The tool's own login, a superuser, has been given the hostile search_path, by a database whose settings others
        /// may set. Nothing is looked up there but the table's name, and what the user's own texts say.
        @Test func theToolIsNotLedAstray() async throws {
            let database = try TestDatabase.current
            let plain = ConnectionParameters(conninfo: "\(database.dsn) options='-c search_path=public'")
            let connection = try await Connection.open(plain)
            try await HostileSchema.create(on: connection)
            try await database.run(
                "ALTER DATABASE \(Identifier(database.name)) SET search_path = \(HostileSchema.path)"
            )
            let complaints = try await Torture.scenario("hostile search_path of the tool's login", PhasedChange.tried) {
                change in
                try await connection.script([
                    """
                    DROP TABLE IF EXISTS item; DROP FUNCTION IF EXISTS parsed, filler; DROP DOMAIN IF EXISTS short;
                    \(change.setup);
                    INSERT INTO item (id, name) SELECT g, \(change.values[0]) FROM generate_series(1, 20) AS g;
                    CREATE INDEX ON item (name)
                    """
                ])
                let runner = Runner(parameters: database.parameters) { _ in }
                var request = try change.request
                request.table = "item"
                _ = try await runner.plan(request)
                try await runner.start(request, through: "backfill")
                _ = try await Control.set("the-change", on: database.parameters, limits: [.workers: .at(2)])
                try await runner.verify("the-change", repair: true)
                try await runner.advance("the-change", through: "swap")
                try await runner.rollback("the-change")
                try await runner.start(request, through: "drop")
                _ = try await ChangeStatus.read(database.parameters, change: nil)
                return try await Leftovers.read(connection)
            }
            await connection.close()
            #expect(complaints == [])
        }

        private func goThrough(_ change: PhasedChange, _ role: Identifier) async throws -> [String] {
            let database = try TestDatabase.current
            let grants: SQL = """
                GRANT INSERT (id, \(change.column)), UPDATE (\(change.column)), SELECT (id, \(change.column)), DELETE
                ON item TO \(role)
                """
            try await database.run(
                """
                DROP TABLE IF EXISTS item; DROP FUNCTION IF EXISTS parsed, filler; DROP DOMAIN IF EXISTS short;
                \(change.setup);
                INSERT INTO item (id, name) SELECT g, \(change.values[0]) FROM generate_series(1, 20) AS g; \(grants)
                """
            )
            var runner = Runner(parameters: database.parameters) { _ in }
            runner.lockDeadline = 60
            let application = Application(
                plain: try await Connection.open(try await database.parameters(as: role)),
                hostile: try await Connection.open(try await database.parameters(as: role))
            )
            for statement in HostileSchema.session {
                // The temporary tables belong to the session; only making them needs a right.
                try await application.hostile.script([statement])
            }
            var wrong: [String] = []
            for phase in ["expand", "backfill", "swap"] {
                try await runner.start(try change.request, through: phase)
                wrong += await application.work(change, after: phase)
            }
            try await runner.rollback("the-change")
            wrong += await application.work(change, after: "rollback")
            for phase in ["swap", "drop"] {
                try await runner.start(try change.request, through: phase)
                wrong += await application.work(change, after: phase)
            }
            await application.close()
            return wrong
        }

        /// Owns a table, and nothing else: what is missing is named by one GRANT after another (exit code 77) before
        /// anything is touched, and with these grants the change goes all the way.
        @Test(arguments: [false, true]) func anOwnerWithoutRights(_ hasLedger: Bool) async throws {
            let complaints = try await Torture.scenario(
                "owner of the table alone, " + (hasLedger ? "the ledger's schema made by a DBA" : "no schema"),
                PhasedChange.tried
            ) { change in
                try await withDatabase { _ in
                    try await withRole { role in try await begged(change, role, hasLedger: hasLedger) }
                }
            }
            #expect(complaints == [])
        }

        private func begged(_ change: PhasedChange, _ role: Identifier, hasLedger: Bool) async throws -> [String] {
            let database = try TestDatabase.current
            let name = Identifier(database.name)
            try await database.run(
                """
                REVOKE ALL ON DATABASE \(name) FROM PUBLIC; GRANT CONNECT ON DATABASE \(name) TO \(role);
                REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO \(role)
                """
            )
            try await database.run(
                """
                \(change.setup);
                INSERT INTO item (id, name) SELECT g, \(change.values[0]) FROM generate_series(1, 20) AS g;
                CREATE INDEX ON item (name); ALTER TABLE item OWNER TO \(role)
                """
            )
            if change.texts["using"] != nil { try await database.run("GRANT EXECUTE ON FUNCTION parsed TO \(role)") }
            if change.texts["fill"] != nil { try await database.run("GRANT EXECUTE ON FUNCTION filler TO \(role)") }
            if hasLedger { try await database.run("CREATE SCHEMA online_change AUTHORIZATION \(role)") }
            let runner = Runner(parameters: try await database.parameters(as: role)) { _ in }
            let connection = try await database.connect()
            var grants: [String] = []
            var wrong: [String] = []
            while true {
                let before = try await DatabaseState.read(connection)
                let request = try change.request
                guard let refusal = await failure(of: { try await runner.start(request, through: "drop") }) else {
                    break
                }
                let differences = try await DatabaseState.read(connection).differences(from: before)
                wrong += differences.map { "a refusal left \($0)" }
                guard refusal.kind == .privilege, grants.count < 5, let grant = Self.grant(in: refusal.next ?? "")
                else {
                    wrong.append("after \(grants): \(refusal)")
                    break
                }
                grants.append(grant)
                try await connection.script(["\(server: grant)"])
            }
            if hasLedger, grants.contains(where: { $0.contains("GRANT CREATE ON DATABASE") }) {
                wrong.append("CREATE on the database was asked for, though there is a schema: \(grants)")
            }
            wrong += try await Leftovers.read(connection)
            await connection.close()
            return wrong
        }

        private static func grant(in text: String) -> String? {
            text.firstMatch(of: /GRANT [^;]*;/).map { String($0.output) }
        }
    }
}

/// Two sessions of an application's role.
private struct Application: Sendable {
    let plain: Connection
    let hostile: Connection

    func work(_ change: PhasedChange, after phase: String) async -> [String] {
        var wrong: [String] = []
        for (kind, connection) in [("plain", plain), ("hostile", hostile)] {
            for statement in change.statements(after: phase) {
                do {
                    try await connection.run(Query(statement))
                } catch {
                    wrong.append("\(kind) session after \(phase): \(statement.text): \(error)")
                }
            }
        }
        return wrong
    }

    func close() async {
        await plain.close()
        await hostile.close()
    }
}
