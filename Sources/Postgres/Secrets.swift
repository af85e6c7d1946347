/// Finds passwords in texts that people see: connection strings come back in messages of parsers, libpq and servers.
public enum Secrets {
    /// The text with `***` in place of each password of a connection string in it.
    public static func hidden(in text: String) -> String {
        var shown = text
        for range in ranges(in: text).reversed() { shown.replaceSubrange(range, with: "***") }
        return shown
    }

    /// Where the passwords of connection strings stand, in order: in a URI between the user and the last `@`, and
    /// behind `password=`.
    public static func ranges(in text: String) -> [Range<String.Index>] {
        let found =
            text.matches(of: uri).compactMap(\.output.password) + text.matches(of: keyword).map(\.output.password)
        var ranges: [Range<String.Index>] = []
        for range in found.map({ $0.startIndex..<$0.endIndex }).sorted(by: { $0.lowerBound < $1.lowerBound })
        where !range.isEmpty {
            if let last = ranges.last, last.upperBound >= range.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                ranges.append(range)
            }
        }
        return ranges
    }

    // A password in which `@`, `/` or `:` were not encoded is still one; without any `@`, all behind the colon may be.
    private nonisolated(unsafe) static let uri =
        #/(?i)postgres(?:ql)?://[^\s:/@?]*:(?<password>[^\s]*(?=@)|[^\s@/,]*[^\s@/0-9,][^\s@/,]*)?/#
    private nonisolated(unsafe) static let keyword =
        #/(?i)password\s*=\s*(?<password>'(?:[^'\\]|\\.)*'?|(?:[^\s&'\\]|\\.)+)/#
}
