import Testing

/// The whole demo on a small table: what it prints last, how it exits, and that nothing is left of it.
@Suite(.serialized, .timeLimit(.minutes(20)))
struct DemoTests {
    @Test func endsWithSixLinesAndLeavesNothing() async throws {
        let outcome = try await DemoCommand.run(["--rows", "20000"])
        #expect(outcome.status == .exited(0), "\(outcome.errors)")
        #expect(outcome.errors == "")
        #expect(outcome.leftovers == [])
        let report = outcome.lines.suffix(7)
        #expect(report.first == "")
        for (line, name) in zip(report.dropFirst(), Self.names) {
            #expect(line.hasPrefix("✓ \(name) "), "\(line)")
        }
        #expect(outcome.lines.filter { $0.hasPrefix("$ online-change ") } == Self.commands)
    }

    @Test func changesATypeToo() async throws {
        let outcome = try await DemoCommand.run(["--types", "--rows", "20000"])
        #expect(outcome.status == .exited(0), "\(outcome.errors)")
        #expect(outcome.leftovers == [])
        #expect(outcome.lines.last == "✓ catalog              equal to that after ALTER TABLE … TYPE bigint")
    }

    @Test(arguments: ["The old release starts", "expand: ", "swap reached."])
    func interruptEndsItCleanly(mark: String) async throws {
        let outcome = try await DemoCommand.run(["--rows", "20000"], interruptedAt: mark)
        #expect(outcome.status == .exited(130))
        #expect(outcome.errors.hasPrefix("online-change: interrupted\n"), "\(outcome.errors)")
        #expect(outcome.leftovers == [])
        #expect(!outcome.lines.contains { $0.hasPrefix("✓ rows") })
    }

    @Test func refusesImpossibleNumberOfRows() async throws {
        let outcome = try await DemoCommand.run(["--rows", "0"])
        #expect(outcome.status == .exited(64))
    }

    private static let names = [
        "rows", "backfill", "acknowledged writes", "application errors", "longest wait", "catalog",
    ]

    private static let commands = [
        "$ online-change rename-column users name full_name --dry-run",
        "$ online-change rename-column users name full_name --through expand",
        "$ online-change advance users.name-to-full_name",
        "$ online-change advance users.name-to-full_name",
        "$ online-change advance users.name-to-full_name --yes",
    ]
}
