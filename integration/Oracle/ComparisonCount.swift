import Synchronization

/// What came of many changes.
final class ComparisonCount: Sendable {
    struct Tally: Sendable {
        var equal = 0
        var impossible = 0
        var refused: [String: Int] = [:]
        var different: [String] = []

        var tried: Int { equal + refused.values.reduce(0, +) + different.count }
    }

    private let tallies = Mutex<[String: Tally]>([:])

    /// - Parameter description: what it takes to see a difference again.
    func add(_ comparison: Comparison, of recipe: String, _ description: @autoclosure () -> String) {
        tallies.withLock { tallies in
            switch comparison {
            case .equal: tallies[recipe, default: Tally()].equal += 1
            case .impossible: tallies[recipe, default: Tally()].impossible += 1
            case .refused(let reason): tallies[recipe, default: Tally()].refused[reason, default: 0] += 1
            case .different(let lines):
                tallies[recipe, default: Tally()].different
                    .append("\(description())\n\(lines.joined(separator: "\n"))")
            }
        }
    }

    /// Every difference found.
    var differences: [String] { tallies.withLock { $0.values.flatMap(\.different) } }

    /// How many changes were tried by the tool.
    var tried: Int { tallies.withLock { $0.values.map(\.tried).reduce(0, +) } }

    /// How many came to the same as the plain DDL.
    var equal: Int { tallies.withLock { $0.values.map(\.equal).reduce(0, +) } }

    /// A table of it.
    var text: String {
        let tallies = tallies.withLock { $0 }
        return tallies.sorted { $0.key < $1.key }.map { recipe, tally in
            let refused = tally.refused.values.reduce(0, +)
            let share = tally.tried == 0 ? 0 : Double(refused * 1000 / tally.tried) / 10
            let head = """
                \(recipe): \(tally.tried) tried, \(tally.equal) equal, \(refused) refused (\(share) %), \
                \(tally.different.count) different; \(tally.impossible) left out, where plain DDL is refused
                """
            let reasons = tally.refused.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .map { "    \($0.value) × \($0.key)" }
            return ([head] + reasons).joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
