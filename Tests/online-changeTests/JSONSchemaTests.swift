import ArgumentParser
import Foundation
import Postgres
import TestSupport
import Testing

@testable import online_change

@Suite(.database, .enabled("python3-jsonschema is not installed") { try await JSONSchema.canCheck })
struct JSONSchemaTests {
    /// Which schema in docs/json says what a command prints with --json.
    private static let schemas = [
        "rename-column": "event", "change-type": "event", "add-not-null": "event", "advance": "event",
        "rollback": "event", "verify": "event", "apply": "event", "wait": "event",
        "status": "status", "pause": "status", "resume": "status", "tune": "status",
        "recipes": "recipes",
    ]

    @Test("Every command with --json has a schema")
    func commands() {
        let commands = OnlineChangeCommand.configuration.subcommands.filter {
            $0.helpMessage(columns: 200).contains("--json ")
        }
        // As docs/json/README.md says.
        let without: Set = ["evidence", "doctor"]
        #expect(Set(commands.map { $0._commandName }).subtracting(without) == Set(Self.schemas.keys))
    }

    @Test("What is printed in the life of a change is valid")
    func life() async throws {
        let database = try TestDatabase.current
        try await database.run(
            """
            CREATE TABLE users (id bigint PRIMARY KEY, name text, code varchar(9));
            CREATE INDEX ON users (name);
            INSERT INTO users SELECT i, 'n' || i, i FROM generate_series(1, 1000) i
            """
        )
        let schema = JSONSchema()
        let rename = ["rename-column", "users", "name", "full_name"]
        try await schema.add(tool(rename + ["--dry-run"]))
        try await schema.add(tool(rename + ["--through", "expand", "--batch-time", "20", "--max-active", "90%"]))
        try await schema.add(
            tool(["tune", "1", "--lag-limit", "off", "--only", "00:00-24:00", "--throttle-query", "SELECT false"])
        )
        try await schema.add(tool(["pause", "1"]))
        try await schema.add(
            tool(["advance", "1"]) {
                try await eventually {
                    try await database.value("SELECT EXISTS (SELECT FROM online_change.change WHERE held <> '[]')")
                }
                try await schema.add(tool(["status", "1"]))
                try await schema.add(tool(["resume", "1"]))
            }
        )
        try await schema.add(tool(["status"]))
        try await database.run("ALTER TABLE users DISABLE TRIGGER ALL; UPDATE users SET name = 'other' WHERE id = 7")
        try await database.run(
            """
            DO $$ DECLARE trigger name; BEGIN
              FOR trigger IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'users'::regclass AND NOT tgisinternal LOOP
                EXECUTE format('ALTER TABLE users ENABLE ALWAYS TRIGGER %I', trigger);
              END LOOP;
            END $$
            """
        )
        try await schema.add(tool(["verify", "1"]), code: 65)
        try await schema.add(tool(["verify", "1", "--repair"]))
        try await schema.add(tool(["verify", "1"]))
        try await schema.add(tool(["advance", "1"]))
        try await database.run("UPDATE users SET name = 'by the old name' WHERE id = 8")
        try await schema.add(tool(["status", "1"]))
        try await schema.add(tool(["rollback", "1"]))
        try await schema.add(tool(["change-type", "users", "code", "int", "--using", "code::int", "--dry-run"]))
        try await schema.add(tool(["add-not-null", "users", "name", "--through", "drop"]))
        try await schema.add(tool(["status"]))
        try await schema.add(tool(["recipes"]))
        try await schema.add(tool(["recipes", "change-type"]))
        try await schema.check()
    }

    @Test("What waits, and what fails, is valid: the last line too")
    func trouble() async throws {
        let database = try TestDatabase.current
        try await database.run("CREATE TABLE users (name text)")
        let schema = JSONSchema()
        try await schema.add(tool(["status", "nothing"]), code: 78)
        try await schema.add(tool(["rename-column", "users", "nmae", "full_name"]), code: 78)
        try await schema.add(tool(["advance", "nothing"]), code: 78)
        try await schema.add(tool(["recipes", "nothing"]), code: 64)
        let holder = try await database.connect()
        try await holder.script(["BEGIN; LOCK TABLE users IN ROW EXCLUSIVE MODE"])
        try await schema.add(tool(["rename-column", "users", "name", "full_name", "--lock-deadline", "0"]), code: 75)
        await holder.close()
        try await ScratchFolder.with { folder in
            try folder.script("before-expand", #"cat > "$0.log"; exit 1"#)
            try folder.script("failed", #"cat > "$0.log""#)
            try await schema.add(
                tool(["rename-column", "users", "name", "full_name", "--hooks", folder.path]),
                code: 75
            )
            for file in ["before-expand.log", "failed.log"] { schema.add("event", folder.text(file)) }
        }
        try await schema.check()
    }

    private func tool(
        _ arguments: [String],
        meanwhile: @Sendable () async throws -> Void = {}
    ) async throws -> (schema: String, run: CommandRun) {
        let connection = arguments[0] == "recipes" ? [] : ["--dsn", try TestDatabase.current.dsn]
        let ended = try await run(binary, arguments + ["--json"] + connection) { _ in try await meanwhile() }
        return (try #require(Self.schemas[arguments[0]]), ended)
    }
}
