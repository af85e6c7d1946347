/// Text broken into lines between words.
enum Wrapped {
    /// Lines of at most `width` characters; a word that is longer has a line of its own, and a line that ends stays one.
    static func lines(_ text: String, width: Int) -> [String] {
        text.split(separator: "\n").flatMap { paragraph(String($0), width: width) }
    }

    private static func paragraph(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
