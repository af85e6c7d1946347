/// A PostgreSQL server's version, as `postgres --version` reports it: `15.18`, `18beta1`, `19devel`.
///
/// Ordered by major version, then stage of development (devel, alpha, beta, rc, release), then number.
public struct ServerVersion: Comparable, Hashable, Sendable {
    /// How far the development of a major version had got.
    public enum Stage: Int, Comparable, Sendable {
        case development, alpha, beta, candidate, release

        /// Earlier in development.
        public static func < (lhs: Stage, rhs: Stage) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    /// The major version; before 10 it is the part before the first dot.
    public let major: Int
    /// `release` for anything that is not a preview.
    public let stage: Stage
    /// The minor release, or the number of the preview: 18 in `15.18`, 1 in `18beta1`, 0 in `19devel`.
    public let number: Int

    /// A version from its parts.
    public init(major: Int, stage: Stage = .release, number: Int = 0) {
        self.major = major
        self.stage = stage
        self.number = number
    }

    /// Reads the line that `postgres --version` prints; `nil` if there is no version in it.
    public init?(parsing line: String) {
        // The product's name stands in parentheses before the version, a packager's remark in parentheses after it.
        let afterName = line.firstIndex(of: ")").map { line[$0...].dropFirst() } ?? line[...]
        guard let word = afterName.split(whereSeparator: \.isWhitespace).first,
            let match = word.wholeMatch(of: /(\d+)(?:\.(\d+)[.\d]*|(devel|alpha|beta|rc)(\d*))?.*/),
            let major = Int(match.1)
        else { return nil }
        let stage: Stage =
            switch match.3 {
            case "devel": .development
            case "alpha": .alpha
            case "beta": .beta
            case "rc": .candidate
            default: .release
            }
        self.init(major: major, stage: stage, number: Int(match.2 ?? match.4 ?? "") ?? 0)
    }

    /// Older.
    public static func < (lhs: ServerVersion, rhs: ServerVersion) -> Bool {
        (lhs.major, lhs.stage, lhs.number) < (rhs.major, rhs.stage, rhs.number)
    }
}

extension ServerVersion: CustomStringConvertible {
    /// As the server writes it.
    public var description: String {
        switch stage {
        case .development: "\(major)devel"
        case .alpha: "\(major)alpha\(number)"
        case .beta: "\(major)beta\(number)"
        case .candidate: "\(major)rc\(number)"
        case .release: "\(major).\(number)"
        }
    }
}
