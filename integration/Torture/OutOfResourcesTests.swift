import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing
import ThrowawayPostgres

extension Torture {
    /// No connection, no disk, no place in a unique index: the command says what there was none of, keeps what is done, and
    /// the same command ends once there is some.
    @Suite(.timeLimit(.minutes(20))) struct OutOfResourcesTests {
        /// The role has fewer connections than a backfill needs. The run waits for them, and then goes on by itself.
        @Test(.database) func tooFewConnections() async throws {
            let database = try TestDatabase.current
            let connection = try await database.connect()
            try await NeighbourChange.create(connection)
            let complaints = try await withRole { role in
                try await NeighbourChange.give(to: role, in: database)
                let change = NeighbourChange(kind: .rename, parameters: try await database.parameters(as: role))
                let expected = try await change.expected(connection)
                try await change.start(through: "expand")
                let limits = Torture.of(part: [2], whole: [1, 2, 3])
                return try await Torture.scenario("connections exhausted", limits) { limit in
                    try await connection.script(["ALTER ROLE \(role) CONNECTION LIMIT \(limit)"])
                    let isLast = limit == limits.last
                    async let run: Void = change.advance(through: isLast ? "drop" : "backfill")
                    try await eventually(within: .seconds(30)) {
                        change.events.all.contains { if case .reconnecting = $0 { true } else { false } }
                    }
                    try await connection.script(["ALTER ROLE \(role) CONNECTION LIMIT -1"])
                    try await run
                    guard isLast else {
                        try await change.rollback()
                        try await change.start(through: "expand")
                        return []
                    }
                    return try await NeighbourChange.differences(from: expected, connection)
                }
            }
            #expect(complaints == [])
            await connection.close()
        }

        /// Two texts that differ are one number. The rows are named, the half-built index is gone, so that it refuses no
        /// row of the application's, and once a row has another value the same command goes on.
        @Test(.database) func sameKeyInAUniqueIndex() async throws {
            let parameters = try TestDatabase.current.parameters
            let connection = try await Connection.open(parameters)
            try await connection.script([
                "CREATE TABLE public.item (id int PRIMARY KEY, code text UNIQUE)",
                "INSERT INTO public.item VALUES (1, '1.0'), (2, '1.00'), (3, '3')",
            ])
            let request = ChangeRequest(
                recipe: try RecipeReader.builtIn("change-type"),
                table: "item",
                columns: ["column": "code"],
                texts: ["type": "numeric", "using": "code::numeric", "reverse": "code::text"],
                name: NeighbourChange.name
            )
            let runner = Runner(parameters: parameters) { _ in }
            let original = try await DatabaseState.read(connection)
            let complaints = try await Torture.scenario(
                "unique violation while an index is built",
                ["back", "forward"]
            ) {
                direction in
                let refused = await failure { try await runner.start(request, through: "swap") }
                var wrong = ExpectedEnding.fails(
                    .data,
                    "would have the same key in a unique index: Key (code_new)=(1.0"
                )
                .complaints("swap", refused)
                wrong += try await connection.run(
                    "SELECT indexrelid::regclass::text AS index FROM pg_index WHERE NOT indisvalid"
                ).rows.map { "invalid index \(try $0["index"] as String)" }
                try await connection.run("INSERT INTO item VALUES (4, '4.0')")
                try await connection.run("DELETE FROM item WHERE id = 4")
                guard direction == "forward" else {
                    try await runner.rollback(NeighbourChange.name)
                    return try await wrong + NeighbourChange.differences(from: original, connection)
                }
                try await connection.run("UPDATE item SET code = '2' WHERE id = 2")
                try await runner.start(request, through: "drop")
                return try await wrong + Leftovers.read(connection)
            }
            #expect(complaints == [])
            await connection.close()
        }

        /// The tablespace of the table, or of an index, is a file system in which what the change adds has no place.
        @Test(.database, .enabled("needs root and mount", { await Mount.isPossible() }))
        func fullDisk() async throws {
            let parameters = try TestDatabase.current.parameters
            let connection = try await Connection.open(parameters)
            let mount = try await Mount.make(size: "64m")
            let space = Identifier("space_\(try TestDatabase.current.name)")
            let complaints: [String]
            do {
                try await connection.run("CREATE TABLESPACE \(space) LOCATION \(SQL("\(literal: mount.folder)"))")
                try await NeighbourChange.create(connection, rows: 30_000)
                complaints = try await Torture.scenario("disk full", ["TABLE item", "INDEX item_name"] as [SQL]) {
                    crowded in
                    try await connection.script(["ALTER \(crowded) SET TABLESPACE \(space)", "CHECKPOINT"])
                    try await mount.leave(kilobytes: 100)
                    let change = NeighbourChange(kind: .rename, parameters: parameters)
                    let expected = try await change.expected(connection)
                    let refused = await failure { try await change.start(through: "drop") }
                    var wrong = ExpectedEnding.fails(.notNow, "the server has run out of something").complaints(
                        "start",
                        refused
                    )
                    try await mount.resize("64m")
                    try await change.start(through: "drop")
                    wrong += try await NeighbourChange.differences(from: expected, connection)
                    try await connection.script([
                        "ALTER TABLE item RENAME full_name TO name", "ALTER \(crowded) SET TABLESPACE pg_default",
                    ])
                    return wrong
                }
            } catch {
                complaints = ["\(error)"]
            }
            try await connection.script(["DROP TABLE IF EXISTS item"])
            try await connection.run("DROP TABLESPACE IF EXISTS \(space)")
            await connection.close()
            await mount.remove()
            #expect(complaints == [])
        }

        /// All of the server's connections are taken when a backfill begins.
        @Test(.enabled("only in whole size", { Torture.isWhole })) func tooManyClients() async throws {
            let cluster = try await ThrowawayCluster.start(settings: [
                "max_connections": "12", "superuser_reserved_connections": "1", "max_wal_senders": "0",
            ])
            let parameters = ConnectionParameters(conninfo: cluster.dsn())
            let connection = try await Connection.open(parameters)
            try await NeighbourChange.create(connection)
            let change = NeighbourChange(kind: .changeType, parameters: parameters)
            let expected = try await change.expected(connection)
            try await change.start(through: "expand")
            let complaints = try await Torture.scenario("max_connections exhausted", ["12"]) { _ in
                var others: [Connection] = []
                while others.count < 9, let other = try? await Connection.open(parameters) { others.append(other) }
                async let run: Void = change.start(through: "drop")
                try await eventually(within: .seconds(30)) {
                    change.events.all.contains { if case .reconnecting = $0 { true } else { false } }
                }
                for other in others { await other.close() }
                try await run
                return try await NeighbourChange.differences(from: expected, connection)
            }
            #expect(complaints == [])
            await connection.close()
            try await cluster.destroy()
        }
    }
}
