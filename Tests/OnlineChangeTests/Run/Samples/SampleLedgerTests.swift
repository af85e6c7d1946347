import Postgres
import TestSupport
import Testing
import ThrowawayPostgres

@testable import OnlineChange

/// Samples in a real ledger.
@Suite(.database, .timeLimit(.minutes(5)))
struct SampleLedgerTests {
    private func ledger(
        _ parameters: ConnectionParameters? = nil
    ) async throws -> (SampleLedger, Session) {
        let parameters = try parameters ?? TestDatabase.current.parameters
        let connection = try await Connection.open(parameters)
        try await connection.script(["CREATE SCHEMA online_change"] + LedgerSchema.tables(tool: "test"))
        let change: Int = try await connection.value(
            """
            INSERT INTO online_change.change (name, recipe, table_oid, table_name, plan, tool_version)
            VALUES ('c', 'r', 1, 't', '{}', '0') RETURNING id
            """
        )
        await connection.close()
        let session = try await Session.open(parameters)
        return (SampleLedger(session: session, change: change), session)
    }

    /// On a server without neighbours, whose transactions would keep the server from clearing old versions of rows away.
    private func alone(_ body: (SampleLedger, Session) async throws -> Void) async throws {
        let cluster = try await ThrowawayCluster.start(settings: ["fsync": "off"])
        do {
            let (ledger, session) = try await ledger(ConnectionParameters(conninfo: cluster.dsn(database: "postgres")))
            try await body(ledger, session)
            await session.close()
        } catch {
            try await cluster.destroy()
            throw error
        }
        try await cluster.destroy()
    }

    @Test("A month of a backfill and a comparison fits in 1 MB, with what vacuum has not got to yet")
    func month() async throws {
        try await alone { ledger, session in
            let end = 1_800_000_000.0
            let minute = 60.0
            // As fine as its time is kept: writing more often into the same places changes their contents, not their number.
            let times =
                Array(stride(from: end - 31 * 86400, to: end - 86400, by: 14400))
                + Array(stride(from: end - 86400, to: end - 180 * minute, by: 10 * minute))
                + Array(stride(from: end - 180 * minute, to: end - 15 * minute, by: 2 * minute))
                + Array(stride(from: end - 15 * minute, to: end - 2 * minute, by: 10))
                + Array(stride(from: end - 2 * minute, through: end, by: 1))
            for activity in [Sample.Activity.backfill, .compare] {
                for time in times {
                    var sample = SampleResolutionTests.sample(at: time)
                    sample.activity = activity
                    sample.lagBytes = 1 << 40
                    sample.lagSeconds = 12.345678
                    sample.held = "replication-lag, replication-delay, oldest-snapshot"
                    try await ledger.write(sample, epoch: 0, at: time)
                }
            }
            let rows: Int = try await session.value("SELECT count(*) FROM online_change.sample")
            #expect(rows > 1000 && rows <= 2 * SampleResolution.most)
            let size: Int = try await session.value("SELECT pg_total_relation_size('online_change.sample')")
            #expect(size < 1 << 20, "\(size) bytes for \(rows) rows")
            let series = try await ledger.series(.backfill)
            #expect(series.count > 450)
            #expect(end - (series.first?.at ?? end) > 30 * 86400)
            #expect(try await ledger.recent(.backfill).count == 100)
        }
    }

    @Test("Samples of the same part of time are one row, and an hour of them grows nothing")
    func sums() async throws {
        try await alone { ledger, session in
            for second in 0..<3600 {
                var sample = SampleResolutionTests.sample(at: 0, fraction: Double(second) / 3600)
                sample.lagBytes = second % 100
                sample.held = second == 5 ? "pause" : nil
                try await ledger.write(sample, epoch: 0, at: 1_800_000_000 + Double(second))
            }
            let row = try await session.run(
                """
                SELECT count(*) AS parts, sum(rows)::bigint AS rows, sum(span) AS span, max(lag_bytes) AS lag, max(held) AS held,
                       max(fraction) AS fraction
                FROM online_change.sample WHERE seconds = 14400
                """
            ).rows[0]
            #expect(try row["parts"] == 1 && row["rows"] == 36000 && row["span"] == 3600.0 && row["lag"] == 99)
            #expect(try row["held"] == "pause" && row["fraction"] == 3599.0 / 3600)
            let size: Int = try await session.value("SELECT pg_relation_size('online_change.sample')")
            #expect(size < 512 << 10, "\(size) bytes")
        }
    }

    @Test("A runner that another has taken the change from writes none")
    func fenced() async throws {
        let (ledger, session) = try await ledger()
        try await ledger.write(SampleResolutionTests.sample(at: 0), epoch: 7)
        #expect(try await ledger.series(.backfill) == [])
        await session.close()
    }
}
