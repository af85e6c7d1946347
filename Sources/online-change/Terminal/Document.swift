import Foundation

/// What a command prints once, for people or for machines.
enum Document {
    /// Prints a value as JSON, or its text.
    static func print(_ value: some Encodable, json: Bool, text: () -> String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let bytes = json ? try encoder.encode(value) : Data(text().utf8)
        try FileHandle.standardOutput.write(contentsOf: bytes + Data("\n".utf8))
    }
}
