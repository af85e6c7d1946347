import Foundation
import OnlineChange

/// How changes stand, as JSON: a list, whether one was asked for or all.
enum StatusJSON {
    /// The list.
    ///
    /// - Parameter isLine: whether it goes on one line, as one of several.
    static func text(_ statuses: [ChangeStatus], isLine: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = isLine ? [.sortedKeys] : [.sortedKeys, .prettyPrinted]
        return String(decoding: try encoder.encode(statuses), as: UTF8.self)
    }

    /// Prints one, for people or as JSON.
    static func write(_ status: ChangeStatus, json: Bool) throws {
        StandardStream.output.write((json ? try text([status]) : status.text) + "\n")
    }
}
