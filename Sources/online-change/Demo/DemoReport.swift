import OnlineChange

/// What the demo found: six lines for people, and whether the tool's promise was kept.
struct DemoReport: Sendable {
    /// Rows of the table.
    var rows: Int
    /// Rows copied a second; nil if there was nothing to copy.
    var backfillRate: Double?
    /// Rows written with an acknowledgement.
    var acknowledgedWrites: Int
    /// Acknowledged writes that a later look or read did not find, a line each.
    var lostWrites: [String]
    /// Statements that the server refused and connections that broke.
    var applicationErrors: Int
    /// The first of the refused statements, a line each.
    var firstErrors: [String]
    /// How long the longest statement of the application took.
    var longestWait: Duration
    /// The same at the same time on a table that nobody changes: the machine's noise.
    var longestWaitElsewhere: Duration
    /// The longest that anyone may wait because of us.
    var lockTimeout: Duration
    /// What the plain statement is called.
    var plainStatement = "ALTER TABLE … RENAME COLUMN"
    /// What the catalog differs in from the one that the plain statement gives.
    var catalogDifferences: [String]

    /// What broke the promise, a line each; empty if it was kept.
    var problems: [String] {
        var problems: [String] = []
        if acknowledgedWrites == 0 { problems.append("no write of the application was acknowledged") }
        problems += Self.first(lostWrites, of: "lost write")
        if applicationErrors > 0 {
            problems.append("the application saw \(Count.text(applicationErrors)) errors")
            problems += Self.first(firstErrors, of: "error")
        }
        if !isWaitShort {
            problems.append(
                "a statement of the application took \(Milliseconds.text(longestWait)), more than the lock timeout "
                    + "(\(Milliseconds.text(lockTimeout))) on top of the longest on the untouched twin "
                    + "(\(Milliseconds.text(longestWaitElsewhere)))"
            )
        }
        problems += Self.first(catalogDifferences, of: "difference from \(plainStatement)")
        return problems
    }

    /// Why the demo failed; nil if it didn't.
    var failure: Failure? {
        let problems = problems
        guard !problems.isEmpty else { return nil }
        return Failure(.data, "the promise was not kept", left: problems.joined(separator: "\n  "))
    }

    /// The report, always six lines.
    var lines: [String] {
        let found = max(0, acknowledgedWrites - lostWrites.count)
        return [
            Self.line("rows", Count.text(rows)),
            Self.line("backfill", backfillRate.map { "\(Count.text(Int($0))) rows/s" } ?? "nothing to copy"),
            Self.line(
                "acknowledged writes",
                "\(Count.text(found)) of \(Count.text(acknowledgedWrites)) found again, by both names before drop and by "
                    + "the new one after",
                isKept: lostWrites.isEmpty && acknowledgedWrites > 0
            ),
            Self.line("application errors", Count.text(applicationErrors), isKept: applicationErrors == 0),
            Self.line(
                "longest wait",
                "\(Milliseconds.text(longestWait)) for any statement of the application "
                    + "(lock timeout \(Milliseconds.text(lockTimeout)); untouched twin \(Milliseconds.text(longestWaitElsewhere)))",
                isKept: isWaitShort
            ),
            Self.line(
                "catalog",
                catalogDifferences.isEmpty
                    ? "equal to that after \(plainStatement)"
                    : "differs from that after \(plainStatement) in \(catalogDifferences.count) places",
                isKept: catalogDifferences.isEmpty
            ),
        ]
    }

    private var isWaitShort: Bool { longestWait <= lockTimeout + longestWaitElsewhere }

    private static func line(_ name: String, _ finding: String, isKept: Bool = true) -> String {
        let padding = String(repeating: " ", count: 21 - name.count)
        return "\(isKept ? "✓" : "✗") \(name)\(padding)\(finding)"
    }

    private static func first(_ lines: [String], of kind: String) -> [String] {
        let shown = 5
        let rest = lines.count - shown
        return lines.prefix(shown).map { "\(kind): \($0.replacing("\n", with: " "))" }
            + (rest > 0 ? ["… and \(Count.text(rest)) more"] : [])
    }
}
