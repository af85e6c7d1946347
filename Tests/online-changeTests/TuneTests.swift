import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.database) struct TuneTests {
    /// Every limit with a value that is not its default, and what `status` then shows.
    private static let values = [
        ("--batch-time", "50", "batch-time 50 ms"), ("--batch-wal", "8MB", "batch-wal 8.0 MB"),
        ("--workers", "2", "workers 2"), ("--max-rate", "5000", "max-rate 5,000"),
        ("--lag-limit", "256", "lag-limit 256.0 MB"), ("--lag-time-limit", "1m", "lag-time-limit 1 min 0 s"),
        ("--slot-limit", "10GB", "slot-limit 10.0 GB"), ("--max-checkpoints", "3", "max-checkpoints 3"),
        ("--max-active", "75%", "max-active 75 %"), ("--max-waiters", "off", "max-waiters off"),
        ("--max-snapshot-age", "6h", "max-snapshot-age 6 h 0 min"),
        ("--max-commit-time", "100", "max-commit-time 100 ms"),
        ("--max-bloat", "30%", "max-bloat 30 %"),
        ("--only", "22:00-06:00 Europe/Berlin", "only 22:00-06:00 Europe/Berlin"),
        ("--throttle-query", "SELECT false", "throttle-query SELECT false"),
    ]

    @Test("A query that gives no answer is refused: at the start, in the plan and while it runs")
    func queryWithoutAnswer() async throws {
        let database = try TestDatabase.current
        try await database.run("CREATE TABLE users (name text)")
        for more in [["--dry-run"], []] {
            let start = try await run(
                binary,
                ["rename-column", "users", "name", "full_name", "--throttle-query", "SELECT busy FROM nowhere"]
                    + ["--dsn", database.parameters.conninfo ?? ""] + more
            )
            #expect(start.code == 64)
            #expect(
                start.errors.hasPrefix(
                    "online-change: --throttle-query gives no answer: relation \"nowhere\" does not exist\n  Nothing was changed.\n"
                ),
                "\(start.errors)"
            )
        }
        try await #expect(database.value("SELECT to_regnamespace('online_change') IS NULL"))
        try await database.run("CREATE TABLE brake AS SELECT false AS stop")
        let command =
            ["rename-column", "users", "name", "full_name", "--through", "expand"]
            + ["--throttle-query", "SELECT stop FROM brake", "--dsn", database.parameters.conninfo ?? ""]
        try await #expect(run(binary, command).code == 0)
        let tune = try await onlineChange("tune", "1", "--throttle-query", "busy", "--workers", "3")
        #expect(tune.code == 64)
        #expect(tune.errors.contains("Nothing was changed."))
        try await #expect(database.value("SELECT limits ? 'workers' FROM online_change.change") == false)
        // The one that it has is held by when it can't be asked, not refused.
        try await database.run("DROP TABLE brake")
        try await #expect(run(binary, command).code == 0)
    }

    @Test(
        "Every limit can be set at the start and while it runs, is shown while it differs, and goes back to its default"
    )
    func everyLimit() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text)")
        let dsn = try TestDatabase.current.parameters.conninfo ?? ""
        let given = Self.values.flatMap { [$0.0, $0.1] }
        let start = ["rename-column", "users", "name", "full_name", "--through", "expand", "--dsn", dsn]
        try await #expect(run(binary, start + given).code == 0)
        let shown = Self.values.map(\.2).joined(separator: ", ")
        try await #expect(onlineChange("status").output.contains("  limits    \(shown)\n"))

        let defaults = Self.values.flatMap { [$0.0, "default"] }
        let reset = try await run(binary, ["tune", "1", "--dsn", dsn] + defaults)
        #expect(reset.output.contains("  limits    the defaults\n"), "\(reset.output)\(reset.errors)")
        try await #expect(run(binary, ["tune", "1", "--dsn", dsn] + given).output.contains("  limits    \(shown)\n"))

        let json = try await onlineChange("status", "--json").output
        let statuses = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
        #expect(statuses.first?["differingLimits"] as? [String] == Self.values.map(\.2))
        let limits = try #require(statuses.first?["limits"] as? [String: Any])
        #expect(limits["max-bloat"] as? String == "30%")
        #expect(limits["lag-limit"] as? Int == 256 << 20)
        try await #expect(
            TestDatabase.current.value(
                "SELECT what LIKE '%lag-limit 256.0 MB%' FROM online_change.audit ORDER BY id DESC LIMIT 1"
            )
        )
    }

    @Test("A time zone that the server doesn't know is refused, not waited for")
    func zone() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text)")
        let start = try await onlineChange(
            "rename-column",
            "users",
            "name",
            "full_name",
            "--only",
            "22:00-06:00 Nowhere"
        )
        #expect(start.code == 64)
        #expect(start.errors.contains("the server knows no time zone 'Nowhere'"))
        try await #expect(onlineChange("status").output == "no changes in this database\n")
        try await onlineChange("rename-column", "users", "name", "full_name", "--through", "expand")
        try await #expect(onlineChange("tune", "1", "--only", "22:00-06:00 Nowhere").code == 64)
    }
}
