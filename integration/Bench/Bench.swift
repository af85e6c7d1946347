import Foundation
import OnlineChange
import Postgres
import Subprocess
import Testing

/// Measures each way on a fresh table.
struct Bench: Sendable {
    let table: BenchTable
    let parameters: ConnectionParameters

    private static let change = "bench"

    /// How long a way takes on an idle server, and what it costs.
    func measure(_ way: Way) async throws -> BenchReport.Line {
        let connection = try await table.create(on: parameters)
        if way == .update { try await connection.run("ALTER TABLE entry ADD COLUMN amount_new bigint") }
        if case .backfill = way { _ = try await run(["--through", "expand"], workers: 1) }
        let meter = try await FootprintMeter(connection)
        var (seconds, tool) = try await perform(way, connection)
        if case .backfill = way { seconds = try await secondsOfBackfill(connection) }
        // Part of what the backfill's phase does; its time is not counted there either.
        if way == .update { try await connection.run("VACUUM (ANALYZE, TRUNCATE false) entry") }
        let footprint = try await meter.footprint(connection)
        if case .backfill = way { try await rollback() }
        await connection.close()
        return BenchReport.Line(name: way.name, seconds: seconds, footprint: footprint, tool: tool)
    }

    /// What an application of 1,000 statements a second sees of it; of nothing, where no way is given.
    func measureUnderLoad(_ way: Way?) async throws -> BenchReport.LoadLine {
        let connection = try await table.create(on: parameters)
        let load = PacedLoad(parameters: parameters, rows: table.rows)
        let (seconds, seen) = try await load.during {
            try await Task.sleep(for: .seconds(1))
            guard let way else {
                try await Task.sleep(for: .seconds(10))
                return nil as Double?
            }
            return try await perform(way, connection).seconds
        }
        for error in seen.errors.prefix(3) { print("    \(error)") }
        await connection.close()
        func milliseconds(_ duration: Duration) -> Double { duration / .milliseconds(1) }
        return BenchReport.LoadLine(
            name: way?.name ?? "none",
            p50: milliseconds(seen.latency.percentile(0.5)),
            p99: milliseconds(seen.latency.percentile(0.99)),
            p999: milliseconds(seen.latency.percentile(0.999)),
            longest: milliseconds(seen.latency.maximum),
            statements: seen.latency.count,
            errors: seen.errors.count,
            seconds: seconds
        )
    }

    /// How long a bare scan of the table takes, and our comparison.
    func scans() async throws -> [String: Double] {
        let connection = try await table.create(on: parameters)
        _ = try await run(["--through", "backfill"], workers: 4)
        try await connection.script(["SET max_parallel_workers_per_gather = 0", "SET enable_indexonlyscan = off"])
        var seconds: [String: Double] = [:]
        try await connection.run("SELECT count(*) FROM entry")
        let start = ContinuousClock.now
        try await connection.run("SELECT count(*) FROM entry")
        seconds["SELECT count(*)"] = (ContinuousClock.now - start) / .seconds(1)
        for workers in [1, 4] {
            _ = try await Control.set(Self.change, on: parameters, limits: [.workers: .at(Double(workers))])
            try await Runner(parameters: parameters) { _ in }.verify(Self.change, repair: false)
            seconds["comparison, \(workers) worker\(workers == 1 ? "" : "s")"] = try await connection.value(
                """
                SELECT extract(epoch FROM ended_at - begun_at)::float8
                FROM online_change.verification ORDER BY id DESC LIMIT 1
                """
            )
        }
        try await rollback()
        await connection.close()
        return seconds
    }

    func report() async throws -> BenchReport {
        let connection = try await Connection.open(parameters)
        let version: String = try await connection.value("SHOW server_version")
        let level: String = try await connection.value("SHOW wal_level")
        await connection.close()
        let processors = ProcessInfo.processInfo.activeProcessorCount
        return BenchReport(
            rows: table.rows,
            server: "PostgreSQL \(version), wal_level \(level)",
            machine: "\(processors) processors",
            date: String(Date.now.ISO8601Format().prefix(10))
        )
    }

    private func perform(_ way: Way, _ connection: Connection) async throws -> (seconds: Double, tool: ToolUsage?) {
        let start = ContinuousClock.now
        var tool: ToolUsage?
        switch way {
        case .alter: try await connection.run("ALTER TABLE entry ALTER amount TYPE bigint")
        case .update: try await connection.run("UPDATE entry SET amount_new = amount")
        case .backfill(let workers): tool = try await run(["--through", "backfill"], workers: workers)
        case .whole(let workers): tool = try await run(["--through", "drop"], workers: workers)
        }
        return ((ContinuousClock.now - start) / .seconds(1), tool)
    }

    /// From the first batch to the last, as the ledger has it.
    private func secondsOfBackfill(_ connection: Connection) async throws -> Double {
        try await connection.value(
            """
            SELECT extract(epoch FROM s.ended_at - s.begun_at)::float8 FROM online_change.step AS s
            WHERE EXISTS (SELECT FROM online_change.backfill_lane l
                          WHERE (l.change_id, l.position) = (s.change_id, s.position))
            ORDER BY s.change_id DESC LIMIT 1
            """
        )
    }

    private func run(_ arguments: [String], workers: Int) async throws -> ToolUsage {
        let usage = UsageBox()
        let ending = try await Tool.run(
            ["change-type", "entry", "amount", "bigint", "--name", Self.change, "--yes", "--workers", "\(workers)"]
                + arguments,
            on: parameters
        ) { running in
            await usage.set(ToolUsage.watch(running.pid))
        }
        try #require(ending.status == .exited(0), "\(ending.text)")
        return await usage.value
    }

    private func rollback() async throws {
        let ending = try await Tool.run(["rollback", Self.change], on: parameters)
        try #require(ending.status == .exited(0), "\(ending.text)")
    }
}

private actor UsageBox {
    private(set) var value = ToolUsage()

    func set(_ usage: ToolUsage) { value = usage }
}
