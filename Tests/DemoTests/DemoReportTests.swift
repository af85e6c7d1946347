import OnlineChange
import Testing

@testable import online_change

/// What the demo calls kept, and what not.
struct DemoReportTests {
    @Test func keptPromise() {
        let report = DemoReport.kept
        #expect(report.problems == [])
        #expect(report.failure == nil)
        #expect(
            report.lines == [
                "✓ rows                 1,000,000",
                "✓ backfill             52,341 rows/s",
                "✓ acknowledged writes  9,000 of 9,000 found again, by both names before drop and by the new one after",
                "✓ application errors   0",
                "✓ longest wait         41 ms for any statement of the application (lock timeout 100 ms; untouched twin 8.5 ms)",
                "✓ catalog              equal to that after ALTER TABLE … RENAME COLUMN",
            ]
        )
    }

    @Test func waitAsLongAsLockTimeoutOnTopOfNoiseIsAllowed() {
        var report = DemoReport.kept
        report.longestWait = report.lockTimeout + report.longestWaitElsewhere
        #expect(report.failure == nil)
    }

    @Test(arguments: BrokenPromise.all)
    func brokenPromise(_ broken: BrokenPromise) throws {
        var report = DemoReport.kept
        broken.breaking(&report)
        #expect(report.problems == broken.problems)
        let failure = try #require(report.failure)
        #expect(failure.kind == .data)
        #expect(failure.kind.rawValue == 65)
        #expect(report.lines.count == 6)
        #expect(report.lines.filter { $0.hasPrefix("✗") } == [broken.line])
    }

    @Test func longListsAreCutShort() {
        var report = DemoReport.kept
        report.lostWrites = (1...12).map { "key \($0)" }
        #expect(report.problems.count == 6)
        #expect(report.problems.last == "… and 7 more")
    }
}

/// One way to break the promise, what is told of it, and the line of the report that shows it.
struct BrokenPromise: Sendable, CustomTestStringConvertible {
    let problems: [String]
    let line: String
    let breaking: @Sendable (inout DemoReport) -> Void

    var testDescription: String { line }

    static let all = [
        BrokenPromise(
            problems: ["lost write: key 7: 'a' by full_name, must be 'b'"],
            line:
                "✗ acknowledged writes  8,999 of 9,000 found again, by both names before drop and by the new one after",
            breaking: { $0.lostWrites = ["key 7: 'a' by full_name, must be 'b'"] }
        ),
        BrokenPromise(
            problems: ["no write of the application was acknowledged"],
            line: "✗ acknowledged writes  0 of 0 found again, by both names before drop and by the new one after",
            breaking: { $0.acknowledgedWrites = 0 }
        ),
        BrokenPromise(
            problems: ["the application saw 1 errors", "error: column missing detail: none"],
            line: "✗ application errors   1",
            breaking: {
                $0.applicationErrors = 1
                $0.firstErrors = ["column missing\ndetail: none"]
            }
        ),
        BrokenPromise(
            problems: [
                "a statement of the application took 109 ms, more than the lock timeout (100 ms) on top of the longest "
                    + "on the untouched twin (8.5 ms)"
            ],
            line:
                "✗ longest wait         109 ms for any statement of the application (lock timeout 100 ms; untouched twin 8.5 ms)",
            breaking: { $0.longestWait = .milliseconds(109) }
        ),
        BrokenPromise(
            problems: ["difference from ALTER TABLE … RENAME COLUMN: + indexes: users_extra"],
            line: "✗ catalog              differs from that after ALTER TABLE … RENAME COLUMN in 1 places",
            breaking: { $0.catalogDifferences = ["+ indexes: users_extra"] }
        ),
    ]
}

extension DemoReport {
    fileprivate static var kept: DemoReport {
        DemoReport(
            rows: 1_000_000,
            backfillRate: 52_341.7,
            acknowledgedWrites: 9_000,
            lostWrites: [],
            applicationErrors: 0,
            firstErrors: [],
            longestWait: .milliseconds(41),
            longestWaitElsewhere: .microseconds(8_500),
            lockTimeout: .milliseconds(100),
            catalogDifferences: []
        )
    }
}
