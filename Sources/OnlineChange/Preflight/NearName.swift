/// Finds the name that somebody may have meant who mistyped one.
public enum NearName {
    /// Those among the names that differ from the wanted one in case alone, are the beginning of it or it of them, or
    /// differ by a letter or two; the nearest first.
    public static func among(_ names: [String], to wanted: String) -> [String] {
        let wanted = wanted.lowercased()
        let ranked = names.compactMap { name -> (name: String, distance: Int)? in
            let candidate = name.lowercased()
            let distance = distance(Array(candidate.unicodeScalars), Array(wanted.unicodeScalars))
            let isPart =
                min(candidate.count, wanted.count) >= 3 && (candidate.hasPrefix(wanted) || wanted.hasPrefix(candidate))
            return distance <= min(2, wanted.count / 3) || isPart ? (name, distance) : nil
        }
        return ranked.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.map(\.name)
    }

    /// Letters to insert, delete, replace or exchange with their neighbour to make one of the other.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, scalar) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (scalar == other ? 0 : 1))
                if row > 0, column > 0, scalar == right[column - 1], left[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
