import Foundation
import OnlineChange
import Oracles
import Postgres
import Subprocess
import Synchronization
import TestSupport
import Testing

extension Torture {
    /// What the tool holds on to: memory, descriptors, sessions on the server.
    @Suite(
        .database,
        .serialized,
        .timeLimit(.minutes(60)),
        .enabled("there is no /proc here") { ProcessUsage.read(ProcessInfo.processInfo.processIdentifier) != nil }
    )
    struct MemoryTests {
        /// The process holds no more at the end of a backfill than when it had hardly begun.
        ///
        /// Growth of a few pages is the allocator's; anything that is kept for each batch or row would be more over
        /// so many of them.
        @Test func aLongChangeHoldsNoMoreThanAShortOne() async throws {
            let rows = Torture.of(part: 60_000, whole: 10_000_000)
            let complaints = try await Torture.scenario(
                "memory and descriptors over \(rows) rows",
                ["change-type of a key"]
            ) { _ in
                let parameters = try TestDatabase.current.parameters
                let connection = try await Connection.open(parameters)
                try await connection.run("CREATE TABLE big (id integer PRIMARY KEY, filler text)")
                try await connection.run("INSERT INTO big SELECT g, 'x' FROM generate_series(1, \(rows)::int) AS g")
                try await connection.run("VACUUM ANALYZE big")
                let samples = Samples()
                let ending = try await Tool.run(
                    ["change-type", "big", "id", "bigint", "--through", "drop", "--yes", "--workers", "2"]
                        + (Torture.isWhole ? [] : ["--max-rate", "25000"]),
                    on: parameters
                ) { running in
                    while let usage = ProcessUsage.read(running.pid) {
                        let share = try await share(of: rows, on: connection)
                        samples.add(Sample(share: share, usage: usage))
                        try await Task.sleep(for: .milliseconds(Torture.of(part: 40, whole: 500)))
                    }
                }
                await connection.close()
                return (ending.status == .exited(0) ? [] : [ending.text]) + samples.complaints()
            }
            #expect(complaints == [])
        }

        private func share(of rows: Int, on connection: Connection) async throws -> Double {
            let done = try await BackfillPosition.read(connection)?.rows ?? 0
            return Double(done) / Double(rows)
        }

        /// Many changes after one another in one process, forth and back, by all three recipes.
        @Test func manyChangesLeaveNothingBehind() async throws {
            let count = Torture.of(part: 6, whole: 200)
            let complaints = try await Torture.scenario(
                "\(count) changes after one another in one process",
                ["rename-column, change-type, add-not-null"]
            ) { _ in
                let parameters = try TestDatabase.current.parameters
                let connection = try await Connection.open(parameters)
                try await connection.run("CREATE TABLE item (id integer PRIMARY KEY, name text, state integer)")
                try await connection.run("INSERT INTO item SELECT g, 'a', g FROM generate_series(1, 500) AS g")
                var usages: [ProcessUsage] = []
                for number in 0..<count {
                    try await change(number, on: parameters)
                    usages += ProcessUsage.read(ProcessInfo.processInfo.processIdentifier).map { [$0] } ?? []
                }
                var wrong = try await sessionsEnd(on: connection) ? [] : ["sessions are left on the server"]
                let locks: Int = try await connection.value(
                    """
                    SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
                      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """
                )
                if locks > 0 { wrong.append("\(locks) advisory locks are left") }
                wrong += try await Leftovers.read(connection)
                await connection.close()
                return wrong + (Torture.isWhole ? Self.growth(usages) : [])
            }
            #expect(complaints == [])
        }

        private func change(_ number: Int, on parameters: ConnectionParameters) async throws {
            let runner = Runner(parameters: parameters) { _ in }
            let (recipe, columns, texts): (String, [String: String], [String: String]) =
                switch number % 3 {
                case 0: ("rename-column", ["from": "name", "to": "title"], [:])
                case 1: ("change-type", ["column": "state"], ["type": "bigint"])
                default: ("add-not-null", ["column": "name"], ["fill": "'b'"])
                }
            let request = ChangeRequest(
                recipe: try RecipeReader.builtIn(recipe),
                table: "item",
                columns: columns,
                texts: texts,
                name: "change-\(number)"
            )
            // There and back, so that the next one of its kind finds the table as this one did.
            try await runner.start(request, through: "swap")
            try await runner.rollback("change-\(number)")
        }

        /// What grew from the first third of the changes to the last. Tests that run beside in this process would count
        /// too, so that only the whole run, in which this test has a process to itself, can tell.
        private static func growth(_ usages: [ProcessUsage]) -> [String] {
            guard let (early, late) = thirds(usages) else { return ["there are no figures"] }
            print(
                "torture: memory \(early.memory) kB in the first third, \(late.memory) kB in the last; descriptors "
                    + "\(early.descriptors), \(late.descriptors)"
            )
            var wrong: [String] = []
            if late.descriptors > early.descriptors { wrong.append("descriptors grew to \(late.descriptors)") }
            if late.memory > early.memory + 16_384 { wrong.append("memory grew by \(late.memory - early.memory) kB") }
            return wrong
        }

        /// The most in the first third and in the last.
        fileprivate static func thirds(_ usages: [ProcessUsage]) -> (early: ProcessUsage, late: ProcessUsage)? {
            let third = usages.count / 3
            guard third > 0 else { return nil }
            func most(_ part: ArraySlice<ProcessUsage>) -> ProcessUsage {
                ProcessUsage(
                    memory: part.map(\.memory).max() ?? 0,
                    descriptors: part.map(\.descriptors).max() ?? 0
                )
            }
            return (most(usages.prefix(third)), most(usages.suffix(third)))
        }
    }
}

/// The tool's usage at a point of its backfill.
private struct Sample: Sendable {
    let share: Double
    let usage: ProcessUsage
}

/// Samples of one run.
private final class Samples: Sendable {
    private let samples = Mutex<[Sample]>([])

    func add(_ sample: Sample) {
        samples.withLock { $0.append(sample) }
    }

    /// What was more in the last third of the backfill than in the first.
    func complaints() -> [String] {
        let during = samples.withLock { $0 }.filter { $0.share > 0 && $0.share < 1 }.map(\.usage)
        guard let (early, late) = Torture.MemoryTests.thirds(during) else {
            return ["too few samples: \(during.count)"]
        }
        print(
            "torture: \(during.count) samples; memory \(early.memory) kB at first, \(late.memory) kB at last; "
                + "descriptors \(early.descriptors), \(late.descriptors)"
        )
        var wrong: [String] = []
        if late.memory > early.memory + 4096 { wrong.append("memory grew by \(late.memory - early.memory) kB") }
        // Vacuums and throttle have sessions of their own, now and then.
        if late.descriptors > early.descriptors + 4 { wrong.append("descriptors grew to \(late.descriptors)") }
        return wrong
    }
}
