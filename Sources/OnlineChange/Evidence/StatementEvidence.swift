import Postgres

/// Finds the statements of the server's statistics that use a legacy column.
struct StatementEvidence: Sendable {
    let session: Session
    let judge: StatementJudge
    let columns: [LegacyColumn]
    let swappedAt: String?

    /// How many statements the server is asked to parse at the most, those with the most calls first.
    static let most = 300

    /// Reads the statistics, and again after a while if they are to be watched.
    func read(watching seconds: Double) async throws -> Evidence.Statements {
        var statements = Evidence.Statements()
        let statistics = StatementStatistics(session: session)
        var reading: StatementStatistics.Reading
        var before: [StatementStatistics.Entry.Key: Int]?
        do {
            reading = try await statistics.read(columns, swappedAt: swappedAt)
            if seconds > 0 {
                before = Dictionary(reading.entries.map { ($0.key, $0.calls) }) { $0 + $1 }
                try await Task.sleep(for: .seconds(seconds))
                reading = try await statistics.read(columns, swappedAt: swappedAt)
                statements.watchedSeconds = seconds
            }
        } catch let missing as StatementStatistics.Missing {
            statements.problem = missing.problem
            statements.remedy = missing.remedy
            return statements
        }
        statements.since = reading.since
        statements.isSinceSwap = reading.isSinceSwap
        if reading.hidden > 0 {
            statements.problem = "this role may not read \(Count.text(reading.hidden)) of the statements"
            statements.remedy = "GRANT pg_read_all_stats, or ask as a superuser."
        }
        let candidates = reading.entries.map { (entry: $0, words: StatementWords($0.query)) }
            .filter { candidate in columns.contains { isCandidate(candidate.words, $0) } }
        statements.leftOut = max(0, candidates.count - Self.most)
        statements.found = try await judged(Array(candidates.prefix(Self.most)), since: before)
        return statements
    }

    private typealias Candidate = (entry: StatementStatistics.Entry, words: StatementWords)

    private static let verbs: Set<String> = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "TABLE", "COPY", "DECLARE", "PREPARE",
    ]

    /// Whether the server, or the text, has something to say: a name, or a `*` that may stand for it.
    private func isCandidate(_ words: StatementWords, _ column: LegacyColumn) -> Bool {
        Self.verbs.contains(words.verb) && words.names(anyOf: column.relations)
            && (words.names(column: column.name) || words.tokens.contains(.mark("*")))
    }

    private func judged(
        _ candidates: [Candidate],
        since before: [StatementStatistics.Entry.Key: Int]?
    ) async throws -> [Evidence.Statement] {
        var found: [Evidence.Statement] = []
        for (entry, words) in candidates {
            let answer = try await judge.answer(entry.query, ofRole: entry.roleOID, called: entry.role)
            for column in columns {
                guard let basis = try await judge.basis(answer, words, column) else { continue }
                found.append(
                    Evidence.Statement(
                        role: entry.role,
                        calls: entry.calls,
                        callsWatched: before.map { entry.calls - ($0[entry.key] ?? 0) },
                        isSinceSwap: entry.isSinceSwap,
                        table: "\(column.table)",
                        column: column.name.name,
                        query: words.shortened(to: 160),
                        basis: basis,
                        isStar: !words.names(column: column.name)
                    )
                )
            }
        }
        return found
    }
}
