import Foundation
import OnlineChange
import Postgres
import Subprocess
import TestSupport
import Testing
import ThrowawayPostgres

/// The server goes away, or its sessions do: the same run goes on by itself.
@Suite(.timeLimit(.minutes(20)))
struct LostConnectionTests {
    private let rows = 30_000

    /// A cluster of the test's own crashes three times during one run.
    @Test func serverCrashes() async throws {
        let cluster = try await ThrowawayCluster.start(settings: ["shared_buffers": "16MB", "max_connections": "40"])
        let parameters = ConnectionParameters(conninfo: cluster.dsn())
        try await Account.create(rows: rows, on: parameters)
        let command = Tool.rename(through: "drop", "--batch-time", "2")
        let ending = try await Tool.run(command, on: parameters) { _ in
            for share in [0.1, 0.4, 0.7] {
                try await wait(forShare: share, on: parameters)
                try await cluster.kill()
                try await cluster.startAgain()
            }
        }
        #expect(ending.status == .exited(0), "\(ending.text)")
        #expect(ending.lines.contains { $0.contains("\"event\":\"reconnecting\"") })
        #expect(try await Account.damaged(rows: rows, by: "full_name", on: parameters) == 0)
        try await cluster.destroy()
    }

    /// All sessions of the tool are ended, every few milliseconds and then some.
    @Test(.database) func sessionsAreTerminated() async throws {
        let parameters = try TestDatabase.current.parameters
        try await Account.create(rows: rows, on: parameters)
        for (command, name) in [
            (Tool.rename(through: "swap", "--batch-time", "2"), "full_name" as Identifier), (Tool.rollback, "name"),
        ] {
            let ending = try await Tool.run(command, on: parameters) { _ in
                let connection = try await Connection.open(
                    ConnectionParameters(conninfo: parameters.conninfo, applicationName: "executioner")
                )
                for pause in [30, 60, 120, 300, 600, 900] {
                    try await Task.sleep(for: .milliseconds(pause))
                    try await endSessions(by: connection)
                }
                await connection.close()
            }
            #expect(ending.status == .exited(0), "\(ending.text)")
            #expect(ending.lines.contains { $0.contains("\"event\":\"reconnecting\"") })
            #expect(try await Account.damaged(rows: rows, by: name, on: parameters) == 0)
        }
    }

    /// The connection is cut when the answer to a COMMIT is due, at every COMMIT that there is.
    @Test(.database, arguments: CutProxy.Moment.allCases)
    func answersToCommitsAreLost(_ moment: CutProxy.Moment) async throws {
        let cluster = try await TestServer.cluster
        let database = try TestDatabase.current
        let proxy = try CutProxy(to: cluster.socketDirectory, port: cluster.port)
        defer { proxy.close() }
        try await Account.create(rows: 500, on: database.parameters)
        let original = try await Account.portrait(database.parameters)
        var cuts = 0
        // The ledger's own COMMIT, then expand's two, swap's, drop's and those of the way back.
        for passing in 0..<8 {
            let rename = try Rename(proxy.parameters(database: database.name, user: cluster.superuser))
            proxy.cut(at: "COMMIT", passing: passing, moment)
            let goesBack = passing % 2 == 1
            try await rename.through(goesBack ? "swap" : "drop")
            if goesBack { try await rename.rollback() }
            let name: Identifier = goesBack ? "name" : "full_name"
            #expect(try await Account.damaged(rows: 500, by: name, on: database.parameters) == 0)
            try await database.run(goesBack ? "SELECT" : "ALTER TABLE account RENAME full_name TO name")
            #expect(try await Account.portrait(database.parameters).differences(from: original) == [])
            if proxy.cuts > cuts {
                cuts = proxy.cuts
                #expect(rename.events.text.contains("lost"), "\(rename.events.text)")
            }
        }
        #expect(cuts >= 5)
        // No step was done twice in a change.
        let repeated: Int = try await database.value(
            """
            SELECT count(*) FROM (
              SELECT change_id, what FROM online_change.audit
              WHERE what LIKE '%: done' AND statements LIKE '%ALTER TABLE%' GROUP BY 1, 2 HAVING count(*) > 1) twice
            """
        )
        #expect(repeated == 0)
    }

    /// The connection is cut when the answer to a batch is due.
    @Test(.database, arguments: CutProxy.Moment.allCases)
    func answersToBatchesAreLost(_ moment: CutProxy.Moment) async throws {
        let cluster = try await TestServer.cluster
        let database = try TestDatabase.current
        let proxy = try CutProxy(to: cluster.socketDirectory, port: cluster.port)
        defer { proxy.close() }
        try await Account.create(rows: rows, on: database.parameters)
        let rename = try Rename(
            proxy.parameters(database: database.name, user: cluster.superuser),
            limits: [.batchTime: .at(0.002)]
        )
        proxy.cut(at: "moved AS (UPDATE", passing: 3, moment)
        try await rename.through("backfill")
        #expect(proxy.cuts == 1)
        #expect(!rename.events.text.contains("starts over"), "\(rename.events.text)")
        #expect(try await Account.damaged(rows: rows, by: "full_name", on: database.parameters) == 0)
        let connection = try await database.connect()
        #expect(try await BackfillPosition.read(connection)?.rows == rows)
        await connection.close()
    }

    /// Ends what the tool has, waiting half a second for it to have something.
    private func endSessions(by connection: Connection) async throws {
        for _ in 0..<100 {
            let ended: Int = try await connection.value(
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'online-change'
                """
            )
            if ended > 0 { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func wait(forShare share: Double, on parameters: ConnectionParameters) async throws {
        let connection = try await Connection.open(parameters)
        try await eventually(within: .seconds(60)) {
            let position = try await BackfillPosition.read(connection)
            return position.map { Double($0.rows) >= share * Double(rows) } ?? false
        }
        await connection.close()
    }
}
