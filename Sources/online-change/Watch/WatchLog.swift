import Foundation
import OnlineChange

/// What `--watch` appends where nobody can draw: a line for each change whose line has changed. Pure.
struct WatchLog {
    private var last: [Int: String] = [:]
    private var isLost = false
    private var isEmpty: Bool?

    /// The lines that are news.
    mutating func lines(for statuses: [ChangeStatus], at date: Date = Date()) -> [String] {
        var news: [String] = []
        if isLost { news.append("the server answers again") }
        isLost = false
        if statuses.isEmpty, isEmpty != true { news.append("no changes in this database") }
        isEmpty = statuses.isEmpty
        for status in statuses where last[status.number] != status.line {
            last[status.number] = status.line
            news.append(status.line)
        }
        return news.map { "\(Self.time(date)) \($0)" }
    }

    /// The line that says that the server is away, once.
    mutating func lines(forLoss reason: String, at date: Date = Date()) -> [String] {
        guard !isLost else { return [] }
        isLost = true
        return ["\(Self.time(date)) the server can't be reached, trying again: \(DisplayText.printable(reason))"]
    }

    private static func time(_ date: Date) -> String {
        date.formatted(.iso8601.time(includingFractionalSeconds: false))
    }
}
