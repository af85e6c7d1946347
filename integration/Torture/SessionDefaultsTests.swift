import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

extension Torture {
    /// Settings given to the role and the database, by which sessions would wait, fail, see nothing or read other texts.
    /// The tool's sessions are independent of them: each recipe goes through, back and to the end as without them.
    @Suite(.database, .timeLimit(.minutes(20))) struct SessionDefaultsTests {
        private static let settings: [(name: Identifier, value: String)] = [
            ("statement_timeout", Torture.of(part: "2s", whole: "100ms")), ("lock_timeout", "1ms"),
            ("idle_in_transaction_session_timeout", "1ms"), ("idle_session_timeout", "2s"),
            ("deadlock_timeout", "50ms"), ("default_transaction_read_only", "on"),
            ("default_transaction_isolation", "serializable"), ("default_transaction_deferrable", "on"),
            ("search_path", ""), ("row_security", "off"), ("standard_conforming_strings", "off"),
            ("backslash_quote", "off"), ("DateStyle", "SQL, DMY"), ("IntervalStyle", "sql_standard"),
            ("TimeZone", "Asia/Kathmandu"), ("quote_all_identifiers", "on"), ("transform_null_equals", "on"),
            ("array_nulls", "off"), ("bytea_output", "escape"), ("extra_float_digits", "-15"),
            ("client_encoding", "LATIN1"), ("client_min_messages", "debug1"), ("check_function_bodies", "off"),
            ("plpgsql.extra_errors", "all"), ("plpgsql.variable_conflict", "use_variable"), ("enable_seqscan", "off"),
            ("synchronous_commit", "off"),
        ]

        /// All of them at once; in whole size each alone too.
        @Test func hostileToRoleAndDatabase() async throws {
            let database = try TestDatabase.current
            let connection = try await database.connect()
            try await NeighbourChange.create(connection)
            let sets = [Self.settings] + Torture.of(part: [], whole: Self.settings.map { [$0] })
            let complaints = try await withRole { role in
                try await connection.script([
                    "ALTER TABLE item OWNER TO \(role); GRANT CREATE ON SCHEMA public TO \(role)",
                    "GRANT ALL ON DATABASE \(Identifier(database.name)) TO \(role)",
                ])
                let parameters = try await database.parameters(as: role)
                var cases: [(set: [(name: Identifier, value: String)], kind: NeighbourChange.Kind)] = []
                for set in sets { for kind in NeighbourChange.Kind.allCases { cases.append((set, kind)) } }
                let number = Array(cases.indices)
                let found = try await Torture.scenario("hostile defaults of role and database", number) { number in
                    let (set, kind) = cases[number]
                    try await connection.script([
                        "DROP TABLE item", "SET search_path = public", "SET ROLE \(role)",
                    ])
                    try await NeighbourChange.create(connection)
                    try await connection.script(["RESET ROLE"])
                    for (place, setting) in set.enumerated() {
                        let value: SQL = setting.name == "search_path" ? "''" : "\(literal: setting.value)"
                        let whose: SQL =
                            place.isMultiple(of: 2) ? "ROLE \(role)" : "DATABASE \(Identifier(database.name))"
                        try await connection.script(["ALTER \(whose) SET \(server: setting.name.name) = \(value)"])
                    }
                    let from = ["expand", "backfill", "swap"][number % 3]
                    let outcome = try await ComparedChange(
                        recipe: kind.recipe,
                        name: "change-\(number)",
                        rollbackFrom: from,
                        parameters: parameters,
                        connection: connection
                    ).run()
                    try await connection.script([
                        "ALTER ROLE \(role) RESET ALL", "ALTER DATABASE \(Identifier(database.name)) RESET ALL",
                    ])
                    if case .equal = outcome { return [] }
                    return ["\(kind.rawValue) with \(set.map { "\($0.name) = \($0.value)" }): \(outcome)"]
                }
                return found
            }
            #expect(complaints == [])
            await connection.close()
        }

        /// A conversion and a fill expression mean the same in every session of the application, whatever it takes a
        /// backslash for.
        @Test func backslashesInTheApplication() async throws {
            let complaints = try await Torture.scenario(
                "application with standard_conforming_strings off",
                [NeighbourChange.Kind.changeType, .addNotNull]
            ) { kind in
                try await withDatabase { parameters in
                    let application = try await Connection.open(parameters)
                    try await application.script([
                        "CREATE TABLE public.item (id int PRIMARY KEY, code text, city text)",
                        "INSERT INTO public.item VALUES (1, 'a-1', 'x')",
                    ])
                    let isType = kind == .changeType
                    let request = ChangeRequest(
                        recipe: try RecipeReader.builtIn(isType ? "change-type" : "add-not-null"),
                        table: "item",
                        columns: ["column": isType ? "code" : "city"],
                        texts: isType
                            ? [
                                "type": "integer", "using": #"regexp_replace(code, '\D', '', 'g')::int"#,
                                "reverse": "'a-' || code::text",
                            ] : ["fill": #"regexp_replace(code, '\D', '', 'g')"#],
                        name: NeighbourChange.name
                    )
                    let runner = Runner(parameters: parameters) { _ in }
                    try await runner.start(request, through: "backfill")
                    try await application.script([
                        "SET standard_conforming_strings = off; SET escape_string_warning = off",
                        "INSERT INTO public.item VALUES (2, 'a-2')",
                    ])
                    let column: Identifier = isType ? "code_new" : "city"
                    let found: String? = try await application.value("SELECT \(column)::text FROM item WHERE id = 2")
                    try await runner.start(request, through: "drop")
                    await application.close()
                    return found == "2" ? [] : ["\(column) is \(found ?? "NULL")"]
                }
            }
            #expect(complaints == [])
        }

        /// While a change is paused its sessions idle.
        @Test func idleSessionsLive() async throws {
            let database = try TestDatabase.current
            let connection = try await database.connect()
            try await NeighbourChange.create(connection)
            let change = NeighbourChange(kind: .rename, parameters: database.parameters)
            let expected = try await change.expected(connection)
            try await change.start(through: "expand")
            try await connection.script([
                "ALTER DATABASE \(Identifier(database.name)) SET idle_session_timeout = '500ms'"
            ])
            _ = try await Control.set(NeighbourChange.name, on: database.parameters, isPaused: true)
            let complaints = try await Torture.scenario("idle_session_timeout while paused", ["2 s"]) { _ in
                async let backfill: Void = change.start(through: "drop")
                try await Task.sleep(for: .seconds(2))
                _ = try await Control.set(NeighbourChange.name, on: database.parameters, isPaused: false)
                try await backfill
                let losses = change.events.text.contains("lost") ? ["a session was lost: \(change.events.text)"] : []
                try await connection.script(["ALTER DATABASE \(Identifier(database.name)) RESET ALL"])
                return try await losses + NeighbourChange.differences(from: expected, connection)
            }
            #expect(complaints == [])
            await connection.close()
        }
    }
}
