import OnlineChange
import Postgres
import TestSupport
import Testing

/// What holds a backfill back, on a real server with a standby: each signal rises and falls, and `status` says so.
///
/// `integration/throttle.sh` runs it and prints what `status` shows.
@Suite(.timeLimit(.minutes(20)))
struct ThrottleTests {
    private let rows = 100_000

    @Test func everySignalHoldsAndReleases() async throws {
        let stage = try await ThrottleStage()
        try await Account.create(rows: rows, on: stage.parameters)
        let rename = try Rename(stage.parameters, limits: [.maxRate: .at(500)])
        let run = Task { try await rename.through("backfill") }
        try await eventually(within: .seconds(30)) { try await position(stage)?.rows ?? 0 > 0 }
        for scene in ThrottleScene.all { try await play(scene, stage, rename) }
        print("\n== status while nothing holds\n\(try await rename.status().text)")
        _ = try await Control.set(Rename.name, on: stage.parameters, limits: [.maxRate: .off])
        try await run.value
        try await compareWithinHours(stage, rename)
        let status = try await rename.status()
        print("\n== status at the end\n\(status.text)")
        #expect(status.heldBack.isEmpty)
        let health = try #require(status.health)
        #expect(health.wal > 0 && health.wal <= health.serverWAL)
        #expect(health.heapGrowth > 0)
        #expect(health.deadTuples == nil)
        #expect(try await Account.damaged(rows: rows, by: "full_name", on: stage.parameters) == 0)
        try await stage.end()
    }

    private func play(_ scene: ThrottleScene, _ stage: ThrottleStage, _ rename: Rename) async throws {
        print("\n== \(scene.signal): \(scene.story)")
        if !scene.limits.isEmpty {
            _ = try await Control.set(Rename.name, on: stage.parameters, limits: scene.limits)
        }
        try await scene.raise(stage)
        try await eventually(within: .seconds(20)) {
            try await rename.status().heldBack.map(\.signal) == [scene.signal]
        }
        // The batches under way end; then nothing moves.
        try await Task.sleep(for: .milliseconds(300))
        let held = try await position(stage)
        try await Task.sleep(for: .milliseconds(900))
        let status = try await rename.status()
        #expect(try await position(stage) == held, "\(scene.signal) did not hold")
        #expect(status.heldBack.first.map { $0.seconds > 0.5 } == true)
        #expect(status.health?.deadTuples != nil)
        let shown = status.text.split(separator: "\n").filter {
            $0.hasPrefix("  held back") || $0.hasPrefix("  health")
        }
        #expect(shown.first?.hasPrefix("  held back \(scene.signal): ") == true)
        print(([String(status.text.prefix { $0 != "\n" })] + shown.map(String.init)).joined(separator: "\n"))
        try await scene.lower(stage)
        try await eventually(within: .seconds(20)) { try await rename.status().heldBack.isEmpty }
        try await eventually { try await position(stage) != held }
        let released = try await rename.status()
        let lines = released.text.split(separator: "\n").filter {
            $0.hasPrefix("  held back") || $0.hasPrefix("  progress")
        }
        print((["released: \(released.text.prefix { $0 != "\n" })"] + lines.map(String.init)).joined(separator: "\n"))
        _ = try await Control.set(Rename.name, on: stage.parameters, limits: Self.standard(of: scene.limits))
    }

    /// The comparison keeps to the hours too.
    private func compareWithinHours(_ stage: ThrottleStage, _ rename: Rename) async throws {
        let hours = try #require(ThrottleScene.all.first { $0.signal == "hours" })
        try await hours.raise(stage)
        let comparison = Task { try await rename.verify() }
        try await eventually(within: .seconds(20)) { try await rename.status().heldBack.map(\.signal) == ["hours"] }
        let status = try await rename.status()
        let shown = status.text.split(separator: "\n").filter { $0.hasPrefix("  held back") }
        print("\n== hours: the comparison keeps to them too\n\(shown.joined(separator: "\n"))")
        try await hours.lower(stage)
        try await comparison.value
    }

    private func position(_ stage: ThrottleStage) async throws -> BackfillPosition? {
        let connection = try await Connection.open(stage.parameters)
        let position = try await BackfillPosition.read(connection)
        await connection.close()
        return position
    }

    private static func standard(of limits: Limits) -> Limits {
        var standard: Limits = [:]
        for name in LimitName.allCases where limits[name] != name.standard { standard[name] = name.standard }
        return standard
    }
}
