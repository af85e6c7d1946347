import Foundation
import Oracles
import Postgres
import Subprocess
import TestSupport
import Testing
import ThrowawayPostgres

/// Ways to make an integer column a bigint: blocking, in one UPDATE, and ours. `bench.sh` runs it with a release build.
///
/// `ONLINE_CHANGE_BENCH` is the number of rows, `ONLINE_CHANGE_BENCH_ROUNDS` how often each is measured: in turns, so
/// that whatever else the machine does strikes all alike. The report is the medians.
@Suite(.enabled(if: Size.benchmarkRows > 0), .serialized, .timeLimit(.minutes(60)))
struct BackfillBenchmark {
    private let rows = Size.benchmarkRows
    private let rounds = Seed.number("ONLINE_CHANGE_BENCH_ROUNDS") ?? 3

    /// Autovacuum would come at other moments in each measurement; checkpoints too, within a small max_wal_size. What the
    /// WAL is for is the server's own default.
    private static let settings = [
        "fsync": "off", "autovacuum": "off", "max_wal_size": "16GB", "checkpoint_timeout": "1h",
        "wal_level": ProcessInfo.processInfo.environment["ONLINE_CHANGE_WAL_LEVEL"] ?? "replica",
    ]

    @Test func columnOfEveryRow() async throws {
        let cluster = try await ThrowawayCluster.start(settings: Self.settings)
        let bench = Bench(table: .ordinary(rows: rows), parameters: ConnectionParameters(conninfo: cluster.dsn()))
        var idle: [String: [BenchReport.Line]] = [:]
        var loaded: [String: [BenchReport.LoadLine]] = [:]
        var scans: [String: [Double]] = [:]
        for round in 1...rounds {
            print("round \(round) of \(rounds)")
            for way in Way.idle {
                let line = try await bench.measure(way)
                print("  \(line.name): \(line.seconds) s")
                idle[way.name, default: []].append(line)
            }
            for way in Size.benchmarkHasLoad ? [nil] + Way.loaded : [] {
                let line = try await bench.measureUnderLoad(way)
                print("  \(line.name): p99 \(line.p99) ms, longest \(line.longest) ms, \(line.errors) errors")
                loaded[line.name, default: []].append(line)
            }
            for (name, seconds) in try await bench.scans() { scans[name, default: []].append(seconds) }
        }
        var report = try await bench.report()
        report.idle = Way.idle.compactMap { idle[$0.name].map(Self.median) }
        report.loaded = (["none"] + Way.loaded.map(\.name)).compactMap { loaded[$0].map(Self.median) }
        report.scan = scans.mapValues(\.median)
        print(report.text)
        if let path = ProcessInfo.processInfo.environment["ONLINE_CHANGE_BENCH_JSON"] { try report.write(to: path) }
        #expect(report.loaded.allSatisfy { $0.errors == 0 })
        let update = try #require(report.idle.first { $0.name == BenchReport.reference }).seconds
        let ours = try #require(report.idle.first { $0.name == Way.backfill(workers: 1).name })
        #expect(update / ours.seconds >= 0.8)
        #expect(ours.footprint.indexes < 1.2)
        try await cluster.destroy()
    }

    /// Whether what the planner derives for a table suits it, for tables that differ in what matters.
    @Test func shapesOfTables() async throws {
        let cluster = try await ThrowawayCluster.start(settings: Self.settings)
        let parameters = ConnectionParameters(conninfo: cluster.dsn())
        print(BenchReport.head(["table", "rows", "speed", "WAL", "heap", "indexes", "HOT"]).joined(separator: "\n"))
        for table in BenchTable.shapes(bytes: rows * 150) {
            let bench = Bench(table: table, parameters: parameters)
            var rounds: [(update: BenchReport.Line, ours: BenchReport.Line)] = []
            for _ in 0..<self.rounds {
                rounds.append((try await bench.measure(.update), try await bench.measure(.backfill(workers: 1))))
            }
            let update = Self.median(rounds.map(\.update))
            let ours = Self.median(rounds.map(\.ours))
            print(BenchReport.row([table.name, "\(table.rows)"] + BenchReport.ratios(ours, to: update)))
            #expect(ours.footprint.heap < update.footprint.heap)
        }
        try await cluster.destroy()
    }

    private static func median(_ lines: [BenchReport.Line]) -> BenchReport.Line {
        let wal = lines.map { Double($0.footprint.wal) }.median
        let hot = lines.compactMap(\.footprint.hot)
        let tools = lines.compactMap(\.tool)
        return BenchReport.Line(
            name: lines[0].name,
            seconds: lines.map(\.seconds).median,
            footprint: Footprint(
                wal: Int(wal),
                heap: lines.map(\.footprint.heap).median,
                indexes: lines.map(\.footprint.indexes).median,
                hot: hot.isEmpty ? nil : hot.median
            ),
            tool: tools.isEmpty
                ? nil : ToolUsage(cpu: tools.map(\.cpu).median, memory: tools.map(\.memory).max() ?? 0)
        )
    }

    /// The longest wait is that of all rounds: a median would hide what was seen.
    private static func median(_ lines: [BenchReport.LoadLine]) -> BenchReport.LoadLine {
        let seconds = lines.compactMap(\.seconds)
        return BenchReport.LoadLine(
            name: lines[0].name,
            p50: lines.map(\.p50).median,
            p99: lines.map(\.p99).median,
            p999: lines.map(\.p999).median,
            longest: lines.map(\.longest).max() ?? 0,
            statements: lines.map(\.statements).reduce(0, +),
            errors: lines.map(\.errors).reduce(0, +),
            seconds: seconds.isEmpty ? nil : seconds.median
        )
    }
}

/// A way to give every row its bigint.
enum Way: Hashable, Sendable {
    /// `ALTER TABLE … TYPE`, which blocks all readers.
    case alter
    /// One UPDATE of the whole table into a column beside.
    case update
    /// Our backfill, from its first batch to its last.
    case backfill(workers: Int)
    /// Our change, from start through drop.
    case whole(workers: Int)

    var name: String {
        switch self {
        case .alter: "ALTER TYPE (blocks)"
        case .update: BenchReport.reference
        case .backfill(let workers): "backfill, \(workers) worker\(workers == 1 ? "" : "s")"
        case .whole(let workers): "start to drop, \(workers) worker\(workers == 1 ? "" : "s")"
        }
    }

    static let idle: [Way] = [
        .alter, .update, .backfill(workers: 1), .backfill(workers: 2), .backfill(workers: 4), .whole(workers: 1),
    ]
    static let loaded: [Way] = [.alter, .whole(workers: 1), .whole(workers: 2), .whole(workers: 4)]
}
