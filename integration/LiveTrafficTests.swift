import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// Counted clients of two releases while a rename goes through its phases: nothing is lost, nothing fails, nobody waits
/// longer than he may.
@Suite(.database, .serialized, .timeLimit(.minutes(20)))
struct LiveTrafficTests {
    private let rows = Size.of(short: 20_000, long: 1_000_000)

    @Test func renameUnderTwoReleases() async throws {
        let parameters = try TestDatabase.current.parameters
        try await Account.create(rows: rows, on: parameters)
        let traffic = Traffic(parameters)
        let baseline = try await traffic.baseline()
        let rename = try Rename(parameters)

        let both = traffic.workload(old: 4, new: 4)
        try await both.start()
        try await rename.through("backfill")
        await both.startNewRelease()
        try await pause()
        try await rename.through("swap")
        try await pause()
        await both.stopOldRelease()
        try await pause()
        let between = await both.stop()
        try await expectNothingLost(both, through: ["name", "full_name"], parameters)
        expectUndisturbed(between, baseline)

        let new = traffic.workload(old: 0, new: 4)
        try await new.start()
        await new.startNewRelease()
        try await rename.through("drop")
        try await pause()
        let after = await new.stop()
        try await expectNothingLost(new, through: ["full_name"], parameters)
        expectUndisturbed(after, baseline)
    }

    /// Back from every phase, under the release that knows the old name alone.
    @Test func rollbackUnderTheOldRelease() async throws {
        let parameters = try TestDatabase.current.parameters
        try await Account.create(rows: rows, on: parameters)
        let original = try await Account.portrait(parameters)
        let traffic = Traffic(parameters)
        let baseline = try await traffic.baseline()
        for phase in ["expand", "backfill", "swap"] {
            let workload = traffic.workload(old: 4, new: 0)
            try await workload.start()
            let rename = try Rename(parameters)
            try await rename.through(phase)
            try await pause()
            try await rename.rollback()
            try await pause()
            let tally = await workload.stop()
            try await expectNothingLost(workload, through: ["name"], parameters)
            expectUndisturbed(tally, baseline)
            #expect(try await Account.portrait(parameters).differences(from: original) == [], "\(phase)")
        }
    }

    private func expectNothingLost(
        _ workload: CountedWorkload,
        through names: [Identifier],
        _ parameters: ConnectionParameters
    ) async throws {
        let connection = try await Connection.open(parameters)
        #expect(try await workload.verify(on: connection, through: names) == [])
        await connection.close()
    }

    private func expectUndisturbed(_ tally: Tally, _ baseline: Tally) {
        #expect(tally.acknowledgedWrites > 100)
        #expect(tally.errors == 0, "\(tally.firstErrors)")
        #expect(tally.wrongReads == 0, "\(tally.firstWrongReads)")
        #expect(tally.connectionsLost == 0)
        let limit = .milliseconds(100) + baseline.latency.maximum + Size.noise
        #expect(tally.latency.maximum <= limit, "baseline \(baseline.latency.maximum.inMilliseconds)")
    }

    private func pause() async throws {
        try await Task.sleep(for: Size.of(short: .milliseconds(500), long: .seconds(3)))
    }
}
