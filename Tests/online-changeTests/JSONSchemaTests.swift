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
        "evidence": "evidence", "doctor": "doctor", "recipes": "recipes",
    ]

    @Test("Every command with --json has a schema")
    func commands() {
        let commands = OnlineChangeCommand.configuration.subcommands.filter {
            $0.helpMessage(columns: 200).contains("--json ")
        }
        #expect(Set(commands.map { $0._commandName }) == Set(Self.schemas.keys))
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

    @Test("What is found of a legacy column is valid, before swap and after it")
    func evidence() async throws {
        let database = try TestDatabase.current
        try await database.run(
            """
            CREATE TABLE users (id bigint PRIMARY KEY, name text, code int, email text);
            INSERT INTO users SELECT i, 'n' || i, i FROM generate_series(1, 10) i
            """
        )
        let schema = JSONSchema()
        try await schema.add(tool(["rename-column", "users", "name", "full_name"]))
        try await schema.add(tool(["evidence", "1"]))
        try await schema.add(tool(["advance", "1"]))
        try await database.run(
            """
            UPDATE users SET name = 'by the old name' WHERE id = 8;
            CREATE FUNCTION names() RETURNS bigint LANGUAGE sql AS 'SELECT count(name) FROM users'
            """
        )
        let old = try await database.connect()
        try await old.run("SET application_name = 'release-1'")
        try await old.run("UPDATE users SET name = 'held' WHERE id = 1")
        let holder = try await database.connect()
        try await holder.script([
            "BEGIN", "UPDATE users SET full_name = 'kept' WHERE id = 2", "PREPARE TRANSACTION 'json'",
        ])
        let used = try await tool(["evidence", "1", "--require-quiet", "1h"])
        try schema.add(used, code: 78, isAnswer: true)
        let found = try #require(JSONSerialization.jsonObject(with: Data(used.run.output.utf8)) as? [String: Any])
        for key in ["objects", "sessions", "preparedTransactions", "reasons", "writes"] {
            #expect((found[key] as? [Any])?.isEmpty == false, "\(key)")
        }
        try await holder.run("ROLLBACK PREPARED 'json'")
        await holder.close()
        await old.close()
        try await schema.add(tool(["evidence", "1", "--require-quiet", "0s"]))
        try await schema.add(tool(["evidence", "nothing"]), code: 78)
        try await schema.add(tool(["change-type", "users", "code", "bigint", "--through", "swap"]))
        try await database.run("UPDATE users SET code = 3000000000 WHERE id = 5")
        let scanned = try await tool(["evidence", "2", "--scan"])
        #expect(scanned.run.output.contains(#""unfit" : {"#))
        try schema.add(scanned)
        try await schema.add(tool(["add-not-null", "users", "email", "--fill", "''", "--through", "expand"]))
        try await schema.add(tool(["evidence", "3"]))
        try await schema.check()
    }

    @Test("What the doctor finds is valid, of the database and of a table")
    func doctor() async throws {
        let database = try TestDatabase.current
        try await database.run(
            """
            CREATE TABLE orders (id serial PRIMARY KEY); SELECT setval('orders_id_seq', 1900000000);
            CREATE TABLE users (name text) WITH (autovacuum_enabled = off); CREATE VIEW seen AS SELECT name FROM users
            """
        )
        let schema = JSONSchema()
        for arguments in [[], ["orders"], ["users"]] {
            let found = try await tool(["doctor"] + arguments)
            #expect(found.run.output.contains(#""hurts""#))
            try schema.add(found)
        }
        try await schema.add(tool(["doctor", "seen"]), code: 78, isAnswer: true)
        try await schema.add(tool(["doctor", "nothing"]), code: 78)
        try await schema.check()
    }

    @Test("What files and waiting make of a change is valid")
    func pipeline() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text); INSERT INTO users VALUES ('Ada')")
        let schema = JSONSchema()
        try await ScratchFolder.with { folder in
            let file = "recipe: rename-column\narguments: { table: users, from: name, to: full_name }\n"
            try Data(file.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/1.yaml"))
            try await schema.add(tool(["apply", folder.path, "--dry-run"]))
            let wait = try await tool(["wait", "users.name-to-full_name", "--for", "backfill"]) {
                try await schema.add(tool(["apply", folder.path]))
            }
            #expect(wait.run.output.contains(#""event":"phase-reached""#))
            try schema.add(wait)
            try await schema.add(tool(["apply", folder.path]))
        }
        try await schema.add(tool(["wait", "1", "--for", "swap", "--timeout", "0"]), code: 75)
        try await schema.check()
    }

    @Test("What status says of a change at work is valid: who is in its way, its workers, the time left")
    func atWork() async throws {
        let database = try TestDatabase.current
        try await database.run(
            """
            CREATE TABLE users (id bigint PRIMARY KEY, name text);
            INSERT INTO users SELECT i, 'n' || i FROM generate_series(1, 20000) i
            """
        )
        let schema = JSONSchema()
        let holder = try await database.connect()
        try await holder.script(["BEGIN", "LOCK TABLE users IN ROW EXCLUSIVE MODE"])
        let rename = ["rename-column", "users", "name", "full_name", "--workers", "2", "--max-rate", "2000"]
        try await schema.add(
            tool(rename) {
                try await add(["blockers", "silence", "lastSign", "lastEvent"], to: schema)
                await holder.close()
                try await add(["estimate", "workers", "progress", "health"], to: schema)
                try await schema.add(tool(["tune", "1", "--max-rate", "off"]))
            }
        )
        try await schema.check()
    }

    /// Asks for the status until it has these keys, and something in them.
    private func add(_ keys: [String], to schema: JSONSchema) async throws {
        try await eventually {
            let status = try await tool(["status"])
            let changes = try JSONSerialization.jsonObject(with: Data(status.run.output.utf8)) as? [[String: Any]]
            guard let change = changes?.first,
                keys.allSatisfy({ change[$0] != nil && (change[$0] as? [Any])?.isEmpty != true })
            else { return false }
            try schema.add(status)
            return true
        }
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
