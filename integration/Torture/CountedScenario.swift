import Foundation

extension Torture {
    /// What a case under load came to.
    struct Outcome: Sendable {
        var complaints: [String] = []
        /// Acknowledged writes that were not found again; nil where that is no fault.
        var lostWrites: Int?
        /// Errors of the application other than those that a server's own end causes; nil where nobody wrote.
        var applicationErrors: Int?
    }

    /// The same as `scenario`, with the application's losses and errors in the line.
    static func countedScenario<Case: Sendable>(
        _ name: String,
        _ cases: [Case],
        _ run: (Case) async throws -> Outcome
    ) async throws -> [String] {
        var line = Line(scenario: name)
        var complaints: [String] = []
        let start = ContinuousClock.now
        for each in cases {
            line.tried += 1
            do {
                let outcome = try await run(each)
                if outcome.complaints.isEmpty { line.passed += 1 }
                complaints += outcome.complaints.map { "\(each): \($0)" }
                if let lost = outcome.lostWrites { line.lostWrites = (line.lostWrites ?? 0) + lost }
                if let errors = outcome.applicationErrors {
                    line.applicationErrors = (line.applicationErrors ?? 0) + errors
                }
            } catch {
                complaints.append("\(each): \(error)")
            }
        }
        line.time = (ContinuousClock.now - start) / .seconds(1)
        try record(line)
        return complaints
    }
}
