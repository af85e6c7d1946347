import Postgres
import TestSupport
import Testing

@testable import OnlineChange

/// A change that version 1 of the ledger holds, met by this version of the tool.
@Suite(.database, .timeLimit(.minutes(5)))
struct LedgerUpgradeTests {
    /// A change that has come to the end of backfill, and its ledger as version 1 had it.
    private func rename(_ parameters: ConnectionParameters) async throws -> Runner {
        let runner = Runner(parameters: parameters) { _ in }
        let request = ChangeRequest(
            recipe: try RecipeReader.builtIn("rename-column"),
            table: "users",
            columns: ["from": "name", "to": "full_name"],
            name: "r"
        )
        try await runner.start(request, through: "expand")
        return runner
    }

    private static let toVersion1: [SQL] = [
        "DROP TABLE online_change.sample", "UPDATE online_change.ledger_version SET version = 1",
    ]

    @Test("It is read as it is, and the next command that acts upgrades it in place")
    func inPlace() async throws {
        let database = try TestDatabase.current
        let connection = try await database.connect()
        try await connection.script(["CREATE TABLE users (name text)", "INSERT INTO users VALUES ('Ada')"])
        let runner = try await rename(database.parameters)
        try await connection.script(Self.toVersion1 + ["GRANT SELECT ON online_change.change TO PUBLIC"])

        let status = try await ChangeStatus.read(database.parameters, change: "r")[0]
        #expect(status.phases.map(\.state) == ["reached", "ahead", "ahead", "ahead"])
        #expect(try await Control.set("r", on: database.parameters, limits: [.workers: .at(1)]).limits.workers == 1)
        #expect(try await connection.value("SELECT max(version) FROM online_change.ledger_version") == 1)

        try await runner.advance("r", through: "backfill")
        #expect(try await connection.value("SELECT max(version) FROM online_change.ledger_version") == 2)
        #expect(try await connection.value("SELECT count(*) > 0 FROM online_change.sample WHERE activity = 'compare'"))
        // Whoever could read the changes reads the samples too.
        #expect(
            try await connection.value(
                "SELECT has_table_privilege('public', 'online_change.sample', 'SELECT') AND NOT has_table_privilege('public', 'online_change.sample', 'DELETE')"
            )
        )
        try await runner.rollback("r")
        await connection.close()
    }

    @Test("Whoever may not act for its owner goes on with it as it is")
    func asItIs() async throws {
        let database = try TestDatabase.current
        let connection = try await database.connect()
        try await withRole { role in
            try await connection.script([
                "CREATE TABLE users (name text)", "INSERT INTO users VALUES ('Ada')",
                "ALTER TABLE users OWNER TO \(role)",
                "GRANT ALL ON SCHEMA public TO \(role)", "CREATE SCHEMA online_change",
                "GRANT USAGE, CREATE ON SCHEMA online_change TO \(role)",
            ])
            try await connection.script(
                LedgerSchema.tables(tool: "test", version: 1)
                    + ["GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA online_change TO \(role)"]
            )
            let parameters = try await database.parameters(as: role)
            let runner = try await rename(parameters)
            try await runner.advance("r", through: "backfill")
            #expect(try await connection.value("SELECT to_regclass('online_change.sample') IS NULL"))
            let status = try await ChangeStatus.read(parameters, change: "r")[0]
            #expect(status.estimate == nil && status.progress?.fraction == 1)
            try await runner.rollback("r")
        }
        await connection.close()
    }

    @Test("The tables of version 1 and its additions are those of a new ledger")
    func sameTables() async throws {
        let connection = try await TestDatabase.current.connect()
        func columns() async throws -> String {
            try await connection.value(
                """
                SELECT string_agg(concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default), E'\\n'
                  ORDER BY table_name, ordinal_position) FROM information_schema.columns WHERE table_schema = 'online_change'
                """
            )
        }
        try await connection.script(["CREATE SCHEMA online_change"] + LedgerSchema.tables(tool: "test"))
        let new = try await columns()
        try await connection.script(["DROP SCHEMA online_change CASCADE", "CREATE SCHEMA online_change"])
        try await connection.script(LedgerSchema.tables(tool: "test", version: 1))
        #expect(try await columns() != new)
        try await connection.script(LedgerSchema.upgrade(from: 1, tool: "test"))
        // Two who upgrade at once do it one after the other.
        try await connection.script(LedgerSchema.upgrade(from: 1, tool: "test"))
        #expect(try await columns() == new)
        await connection.close()
    }
}
