import ArgumentParser
import Foundation
import OnlineChange
import Oracles
import Postgres
import Subprocess
import Synchronization
import TestSupport
import Testing

@testable import online_change

extension Torture {
    /// Names and arguments at random: no crash, and nothing is done that the plan does not show.
    ///
    /// - Whatever is planned only (the most of it) must leave the database exactly as it is: catalog, every row, and the
    ///   place of every sequence, which no rollback would put back. A canary table, a sequence and a function that moves it
    ///   are what the inputs aim at.
    /// - What is accepted and carried out runs under an event trigger that writes down each DDL statement that commits,
    ///   as the server understood it. Each must stand in the plan's text, or create the ledger.
    /// - What goes through the built program must end with one of its documented exit codes, and leave as little.
    @Suite(.database, .serialized, .timeLimit(.minutes(60))) struct FuzzTests {
        private static let tables: SQL = """
            CREATE TABLE item (id int PRIMARY KEY, name text, state int);
            CREATE TABLE "Item" (id int PRIMARY KEY, name varchar(20), state int);
            INSERT INTO item SELECT g, 'n' || g, g FROM generate_series(1, 20) AS g;
            INSERT INTO "Item" SELECT g, g::text, g FROM generate_series(1, 20) AS g;
            CREATE TABLE canary (id int PRIMARY KEY, song text); INSERT INTO canary VALUES (1, 'sings');
            CREATE SEQUENCE canary_number;
            CREATE FUNCTION touched() RETURNS int LANGUAGE sql VOLATILE
              AS 'INSERT INTO public.canary SELECT max(id) + 1, ''hit'' FROM public.canary; SELECT nextval(''public.canary_number'')::int'
            """

        /// Command line, names and limits in this process; then the plan, which looks at the server.
        @Test func planningTouchesNothing() async throws {
            let count = Torture.of(part: 1_000, whole: 100_000)
            let database = try TestDatabase.current
            try await database.run(Self.tables)
            let connection = try await database.connect()
            let before = try await DatabaseState.read(connection)
            let tally = FuzzTally()
            let workers = ProcessInfo.processInfo.activeProcessorCount
            let complaints = try await Torture.scenario("\(count) fuzzed arguments, planned", ["seed \(Torture.seed)"])
            { _ in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<workers {
                        group.addTask {
                            for number in stride(from: worker, to: count, by: workers) {
                                var text = HostileText(seed: Torture.seed &+ UInt64(number))
                                Self.read(&text, number, tally)
                                // Every tenth input reaches the server, where most of the time goes.
                                guard number % 10 == 0 else { continue }
                                try await Self.plan(&text, number, on: database.parameters, tally)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                return tally.complaints + (try await DatabaseState.read(connection).differences(from: before))
            }
            print("torture: fuzz: \(tally.text)")
            await connection.close()
            #expect(complaints == [])
            #expect(tally.planned > 0 && tally.refused > 0)
        }

        /// The parser, and what reads names, limits and hours.
        private static func read(_ text: inout HostileText, _ number: Int, _ tally: FuzzTally) {
            let arguments = Self.arguments(&text)
            // In debug builds the parser examines itself first, for a tenth of a second.
            if number % 25 == 0 { parse(arguments, tally) }
            do {
                let name = try NameSyntax.identifier(text.name())
                if !name.isStorable { tally.complain("\(name) can't be stored") }
            } catch { tally.count(\.unread) }
            let value = text.value()
            _ = try? text.pick(LimitName.allCases).parse(value)
            _ = Hours(value)
            _ = Secrets.hidden(in: text.expression())
        }

        private static func parse(_ arguments: [String], _ tally: FuzzTally) {
            do {
                _ = try OnlineChangeCommand.parseAsRoot(arguments)
                tally.count(\.parsed)
            } catch {
                if OnlineChangeCommand.fullMessage(for: error).isEmpty,
                    OnlineChangeCommand.exitCode(for: error) != .success
                {
                    tally.complain("\(arguments): refused without a word")
                }
            }
        }

        private static func plan(
            _ text: inout HostileText,
            _ number: Int,
            on parameters: ConnectionParameters,
            _ tally: FuzzTally
        ) async throws {
            let request = try Self.request(&text)
            let runner = Runner(parameters: parameters) { _ in }
            do {
                let plan = try await runner.plan(request)
                tally.count(\.planned)
                // A name that is no name of the table's must not have become one.
                if plan.text.isEmpty { tally.complain("\(number): an empty plan") }
            } catch {
                let failure = Failure(error)
                tally.count(\.refused)
                if [.bug, .unreachable].contains(failure.kind) {
                    tally.complain("\(number), \(request.table) \(request.columns) \(request.texts): \(failure)")
                }
            }
        }

        static func request(_ text: inout HostileText) throws -> ChangeRequest {
            let recipe = text.pick(["rename-column", "change-type", "add-not-null"])
            let table = text.flip(80) ? text.pick(["item", "\"Item\"", "public.item"]) : text.name()
            let column = text.flip(70) ? text.pick(["name", "state"]) : text.name()
            var columns = ["column": column]
            var texts: [String: String] = [:]
            switch recipe {
            case "rename-column":
                columns = ["from": column, "to": text.name()]
            case "change-type":
                texts["type"] = text.type()
                if text.flip(50) { texts["using"] = text.expression() }
                if text.flip(30) { texts["reverse"] = text.expression() }
                if text.flip(20) { columns["as"] = text.name() }
                if text.flip(20) { texts["cascade"] = "yes" }
            default:
                if text.flip(80) { texts["fill"] = text.expression() }
            }
            return ChangeRequest(
                recipe: try RecipeReader.builtIn(recipe),
                table: table,
                columns: columns,
                texts: texts,
                name: text.flip(30) ? text.name() : nil,
                options: PlanningOptions(isOneWay: text.flip(30)),
                limits: text.flip(20) ? Limits(throttleQuery: text.expression()) : [:]
            )
        }

        static func arguments(_ text: inout HostileText) -> [String] {
            let command = text.pick([
                "rename-column", "change-type", "add-not-null", "status", "advance", "rollback", "tune", "verify",
            ])
            var arguments = [text.flip(95) ? command : text.name()]
            for _ in 0..<text.pick([0, 1, 2, 3, 3]) { arguments.append(text.flip(50) ? text.name() : text.type()) }
            for _ in 0..<text.pick([0, 1, 2]) {
                arguments.append(
                    text.pick([
                        "--using", "--reverse", "--fill", "--throttle-query", "--only", "--workers", "--name", "--as",
                        "--lag-limit",
                        "--lock-timeout", "--lock-deadline", "--acknowledge", "--through", "--batch-time", "--json",
                        "-v",
                    ])
                )
                arguments.append(text.flip(50) ? text.expression() : text.value())
            }
            return arguments
        }

        /// What is accepted is carried out, and only what the plan shows.
        @Test func whatIsDoneIsWhatThePlanShows() async throws {
            let complaints = try await Torture.scenario(
                "fuzzed changes carried out as the plan says",
                Array(0..<Torture.of(part: 2, whole: 100))
            ) { number in
                try await withDatabase { parameters in try await carryOut(number, on: parameters) }
            }
            #expect(complaints == [])
        }

        /// Takes the first inputs of a seed that can be planned, and makes that change, or goes back from it.
        private func carryOut(_ number: Int, on parameters: ConnectionParameters) async throws -> [String] {
            var text = HostileText(seed: Torture.seed &+ UInt64(number) &* 7919)
            let connection = try await Connection.open(parameters)
            try await connection.script([Self.tables])
            try await CommittedDDL.watch(on: connection)
            let runner = Runner(parameters: parameters) { _ in }
            var request = try Self.request(&text)
            var plan = await Self.plan(request, runner)
            while plan == nil {
                request = try Self.request(&text)
                plan = await Self.plan(request, runner)
            }
            guard let plan else { return [] }
            // As long as a query says so, the backfill holds by right.
            request.limits = [:]
            var wrong: [String] = []
            let ended = await failure(of: { try await runner.start(request, through: "drop") })
            if let ended {
                // Values that don't fit are the data's, not the plan's.
                if ended.kind != .data { wrong.append("\(request.columns) \(request.texts): \(ended)") }
                if let failed = await failure(of: { try await runner.rollback(plan.change) }) {
                    wrong.append("rollback of \(plan.change): \(failed)")
                }
            }
            wrong += try await CommittedDDL.unplanned(by: plan, on: connection)
                .map { "\(request.recipe.name) \(request.columns) \(request.texts): \($0)" }
            let songs: [String] = try await connection.run("SELECT song FROM canary").rows.map { try $0["song"] }
            let calls = request.texts.values.contains { $0.contains("touched") || $0.contains("canary_number") }
            if !calls, songs != ["sings"] { wrong.append("the canary: \(songs)") }
            await connection.close()
            return wrong
        }

        /// The plan; nil where there is none, or nothing to do.
        private static func plan(_ request: ChangeRequest, _ runner: Runner) async -> Plan? {
            guard let plan = try? await runner.plan(request), (try? await runner.nothingToDo(request)) == .some(nil)
            else { return nil }
            return plan
        }

        /// The same kind of inputs through the built program.
        @Test func theProgramEndsWithACodeOfItsOwn() async throws {
            let count = Torture.of(part: 8, whole: 400)
            let database = try TestDatabase.current
            try await database.run(Self.tables)
            let connection = try await database.connect()
            let before = try await DatabaseState.read(connection)
            let complaints = try await Torture.scenario("fuzzed command lines", Array(0..<count)) { number in
                var text = HostileText(seed: Torture.seed &+ UInt64(number) &* 104_729)
                // A NUL can't be given to a program.
                let arguments = (Self.arguments(&text) + ["--dry-run"]).map { $0.replacing("\0", with: "") }
                let ending = try await Tool.run(arguments, on: database.parameters)
                switch ending.status {
                case .exited(let code) where [0, 64, 65, 69, 75, 77, 78].contains(code): return []
                default: return ["\(arguments): \(ending.text)"]
                }
            }
            #expect(complaints == [])
            #expect(try await DatabaseState.read(connection).differences(from: before) == [])
            await connection.close()
        }
    }
}

/// The DDL that commits in a database, as an event trigger saw it.
private enum CommittedDDL {
    static func watch(on connection: Connection) async throws {
        try await connection.script([
            """
            CREATE TABLE seen (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tag text, statement text);
            CREATE FUNCTION see() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
              SET search_path = pg_catalog, pg_temp AS
              'BEGIN INSERT INTO public.seen (tag, statement) VALUES (tg_tag, current_query()); END';
            CREATE EVENT TRIGGER seer ON ddl_command_end EXECUTE FUNCTION see()
            """
        ])
    }

    /// Statements that are neither in the plan's text nor the ledger's own.
    static func unplanned(by plan: Plan, on connection: Connection) async throws -> [String] {
        let shown = statements(of: plan)
        let scripts: [String] = try await connection.run(
            "SELECT DISTINCT statement FROM seen ORDER BY 1"
        ).rows.map { try $0["statement"] }
        var unplanned: [String] = []
        for script in scripts where !script.contains("CREATE TABLE IF NOT EXISTS online_change.ledger_version") {
            var rest = shown.reduce(plain(script)) { $0.replacing($1, with: "") }
            // The ledger notes what was done, as a value.
            rest = rest.replacing(/E?'(?:[^'\\]|''|\\.)*'/, with: "''")
            unplanned += rest.split(separator: ";").map { String($0).trimmingCharacters(in: .whitespaces) }.filter {
                part in
                ["CREATE", "ALTER", "DROP", "GRANT", "REVOKE", "COMMENT"].contains { part.hasPrefix($0) }
            }.map { "not in the plan: \($0)" }
        }
        return scripts.isEmpty ? ["no DDL was seen"] : unplanned
    }

    /// The statements that the plan's text shows, each with a bar before it, the longest first.
    private static func statements(of plan: Plan) -> [String] {
        var statements: [String] = []
        for line in plan.text.split(separator: "\n") {
            let line = line.drop { $0 == " " }
            guard line.hasPrefix("|") else { continue }
            if line.hasPrefix("|   "), !statements.isEmpty {
                statements[statements.count - 1] += "\n" + line.dropFirst(4)
            } else {
                statements.append(String(line.dropFirst(2)))
            }
        }
        return statements.map { String(plain($0).dropLast()) }.sorted { $0.count > $1.count }
    }

    /// The text with each run of white space as one blank.
    private static func plain(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

/// What became of the inputs.
private final class FuzzTally: Sendable {
    struct Counts {
        var parsed = 0
        var unread = 0
        var planned = 0
        var refused = 0
        var complaints: [String] = []
    }

    private let counts = Mutex(Counts())

    func count(_ what: WritableKeyPath<Counts, Int>) {
        counts.withLock { $0[keyPath: what] += 1 }
    }

    func complain(_ text: String) {
        counts.withLock { $0.complaints.append(text) }
    }

    var complaints: [String] { counts.withLock { $0.complaints } }
    var planned: Int { counts.withLock { $0.planned } }
    var refused: Int { counts.withLock { $0.refused } }
    var text: String {
        counts.withLock {
            "\($0.parsed) command lines parsed, \($0.unread) names unread; \($0.planned) plans, \($0.refused) refused"
        }
    }
}
