import Foundation
import Postgres
import Subprocess
import Synchronization
import TestSupport
import Testing

extension Torture {
    /// A connection string with a password, in every command and in every wrong place: nothing that is printed, kept or
    /// shown by the system holds it.
    @Suite(.database, .serialized, .timeLimit(.minutes(20))) struct SecretTests {
        private static let password = "open-sesame"

        /// A command line, and how the run must end.
        struct Case: Sendable, CustomStringConvertible {
            let arguments: [String]
            let code: Int32
            var description: String { arguments.first ?? "" }
        }

        /// Commands that reach the server, in an order in which they make sense.
        private static let working: [Case] = [
            Case(arguments: ["rename-column", "account", "name", "full_name", "--dry-run"], code: 0),
            Case(arguments: ["rename-column", "account", "name", "full_name"], code: 0),
            Case(arguments: ["status"], code: 0),
            Case(arguments: ["tune", "account.name-to-full_name", "--workers", "2"], code: 0),
            Case(arguments: ["pause", "account.name-to-full_name"], code: 0),
            Case(arguments: ["resume", "account.name-to-full_name"], code: 0),
            Case(arguments: ["verify", "account.name-to-full_name"], code: 0),
            Case(arguments: ["advance", "account.name-to-full_name"], code: 0),
            Case(arguments: ["rollback", "account.name-to-full_name"], code: 0),
            Case(arguments: ["change-type", "account", "id", "int", "--through", "expand"], code: 0),
            Case(arguments: ["add-not-null", "account", "city", "--fill", "'x'", "--through", "expand"], code: 0),
            Case(arguments: ["rename-column", "nosuch", "name", "full_name"], code: 78),
            Case(arguments: ["advance", "nosuch"], code: 78),
        ]

        private static let commands: [[String]] = [
            ["rename-column", "a", "b", "c"], ["change-type", "a", "b", "int"], ["add-not-null", "a", "b"], ["status"],
            ["advance", "x"], ["rollback", "x"], ["verify", "x"], ["pause", "x"], ["resume", "x"],
            ["tune", "x", "--workers", "1"],
        ]

        @Test func noPasswordIsShown() async throws {
            let database = try TestDatabase.current
            let cluster = try await TestServer.cluster
            try await Account.create(rows: 200, on: database.parameters, indexed: false)
            let folder = cluster.socketDirectory.replacing("/", with: "%2F")
            let reachable = [
                "\(database.dsn) password=\(Self.password)",
                "postgresql://postgres:\(Self.password)@/\(database.name)?host=\(folder)&port=\(cluster.port)",
            ]
            var cases: [Case] = []
            for (place, each) in Self.working.enumerated() {
                let how = [["-v"], ["--json"], []][place % 3].filter { _ in Self.takesStyle(each.arguments) }
                cases.append(
                    Case(arguments: each.arguments + how + ["--dsn", reachable[place % 2]], code: each.code)
                )
            }
            cases += failing(reachable)
            let complaints = try await Torture.scenario("a password in the connection string", cases) { each in
                try await run(each)
            }
            #expect(complaints == [])
            // The ledger, and what the server knows of our sessions.
            let connection = try await database.connect()
            let held: [String] = try await connection.run(
                """
                SELECT line FROM (
                  SELECT c::text AS line FROM online_change.change c UNION ALL SELECT a::text FROM online_change.audit a
                  UNION ALL SELECT s::text FROM online_change.step s) lines
                WHERE line LIKE '%' || \(Self.password) || '%'
                """
            ).rows.map { try $0["line"] }
            await connection.close()
            #expect(held == [])
            let log = try String(contentsOfFile: cluster.logFile, encoding: .utf8)
            #expect(!log.contains(Self.password))
        }

        private static func takesStyle(_ arguments: [String]) -> Bool {
            !["status", "tune", "pause", "resume"].contains(arguments[0])
        }

        /// Servers that aren't there, strings that are none, and strings where something else belongs.
        private func failing(_ reachable: [String]) -> [Case] {
            let password = Self.password
            let unreachable = [
                "host=/nonexistent password=\(password)", "postgresql://u:\(password)@127.0.0.1:1/db",
                "postgresql://u:\(password)@[::1:5/db", "postgresql://u:\(password)%zz@h/db", "password='\(password)",
                "host=a password=\(password) x", "postgresql://u:\(password)/x@127.0.0.1:1/db", "passwort=\(password)",
                "host=127.0.0.1 port=x password=\(password)", "postgresql://u:a@\(password)@127.0.0.1:1/db",
            ]
            let commands = Torture.of(part: [Self.commands[3]], whole: Self.commands)
            var cases = commands.flatMap { command in
                unreachable.map { Case(arguments: command + ["--dsn", $0], code: 69) }
            }
            for dsn in Torture.of(part: [reachable[1]], whole: reachable + [unreachable[1]]) {
                cases += [
                    Case(arguments: [dsn], code: 64), Case(arguments: ["status", "x", dsn], code: 64),
                    Case(arguments: ["status", "--dns", dsn], code: 64),
                    Case(arguments: ["status", "--dns=\(dsn)"], code: 64),
                    Case(arguments: ["rename-column", "a", "b", "c", "--through", dsn], code: 64),
                    Case(arguments: ["rename-column", "a", "b", "c", "--workers", dsn], code: 64),
                    Case(arguments: ["rename-column", dsn, "b", "c", "--dsn", reachable[0]], code: 64),
                    Case(arguments: ["rename-column", "account", dsn, "c", "--dsn", reachable[0], "--json"], code: 64),
                    Case(arguments: ["advance", dsn, "--dsn", reachable[0]], code: 78),
                ]
            }
            return cases
        }

        private func run(_ each: Case) async throws -> [String] {
            let isSeen = Mutex(false)
            let result = try await Subprocess.run(
                .path(.init(Tool.path)),
                arguments: Arguments(each.arguments),
                input: .none,
                output: .string(limit: 1 << 20),
                error: .string(limit: 1 << 20)
            ) { execution in
                // What it was started with is there to see until it has read it; a busy machine starts it late.
                for _ in 0..<250 {
                    try? await Task.sleep(for: .milliseconds(20))
                    guard let shown = ProcessUsage.commandLine(execution.processIdentifier.value),
                        shown.contains(Self.password)
                    else { return isSeen.withLock { $0 = false } }
                    isSeen.withLock { $0 = true }
                }
            }
            var wrong: [String] = []
            if result.standardOutput.contains(Self.password) { wrong.append("printed: \(result.standardOutput)") }
            if result.standardError.contains(Self.password) { wrong.append("complained: \(result.standardError)") }
            if isSeen.withLock({ $0 }) { wrong.append("the list of processes shows it") }
            if result.terminationStatus != .exited(each.code) {
                wrong.append("\(each.arguments): \(result.terminationStatus), \(result.standardError)")
            }
            return wrong
        }
    }
}
