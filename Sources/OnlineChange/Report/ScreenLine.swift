/// A line of a screen: a label and pieces of text, each with a colour that says nothing which the words don't. Pure.
struct ScreenLine: Hashable, Sendable {
    /// What a piece of text is.
    enum Style: String, Sendable {
        case plain = ""
        case strong = "1"
        case faint = "2"
        case bad = "31"
        case good = "32"
        case slow = "33"
        case command = "36"
    }

    /// A piece of text.
    struct Piece: Hashable, Sendable {
        var text: String
        var style: Style

        init(_ text: String, _ style: Style = .plain) {
            self.text = DisplayText.printable(text)
            self.style = style
        }
    }

    /// What the text is about; nil for a line that begins at the margin.
    var label: String?
    var pieces: [Piece]

    init(_ label: String? = nil, _ pieces: [Piece]) {
        self.label = label
        self.pieces = pieces
    }

    init(_ label: String, _ text: String, _ style: Style = .plain) {
        self.init(label, [Piece(text, style)])
    }

    private static let indentation = 12

    /// The line, folded or cut to so many columns; nil to leave it as long as it is.
    func rendered(width: Int?, isFolded: Bool, isColoured: Bool) -> [String] {
        let label = label.map { "  " + DisplayText.padded($0, to: Self.indentation - 2) } ?? ""
        let head = width.map { DisplayText.cut(label, to: $0) } ?? label
        func joined(_ pieces: [Piece], _ head: String) -> String {
            let start = isColoured && !head.allSatisfy(\.isWhitespace) ? Self.painted(Piece(head, .faint)) : head
            return start + pieces.map { isColoured ? Self.painted($0) : $0.text }.joined()
        }
        guard let width, DisplayText.width(head) + pieces.reduce(0, { $0 + DisplayText.width($1.text) }) > width else {
            return [joined(pieces, head)]
        }
        let margin = String(repeating: " ", count: label.isEmpty ? 2 : Self.indentation)
        guard isFolded, width >= Self.indentation * 2 else {
            return [joined(cut(to: width - DisplayText.width(head)), head)]
        }
        let rows = folded(first: width - DisplayText.width(head), rest: width - margin.count)
        return rows.enumerated().map { joined($0.element, $0.offset == 0 ? head : margin) }
    }

    private func cut(to columns: Int) -> [Piece] {
        var left = columns
        var result: [Piece] = []
        for piece in pieces where left > 0 {
            var piece = piece
            let isLast = DisplayText.width(piece.text) > left
            piece.text = DisplayText.cut(piece.text, to: left)
            left -= DisplayText.width(piece.text)
            result.append(piece)
            if isLast { break }
        }
        return result
    }

    /// Rows of whole words; a word that is longer than a row is cut.
    private func folded(first: Int, rest: Int) -> [[Piece]] {
        var rows: [[Piece]] = [[]]
        var used = 0
        for piece in pieces {
            for word in piece.text.split(separator: " ", omittingEmptySubsequences: true) {
                let columns = rows.count == 1 ? first : rest
                let width = DisplayText.width(String(word))
                if used > 0, used + 1 + width > columns {
                    rows.append([])
                    used = 0
                }
                let text = DisplayText.cut(String(word), to: rows.count == 1 ? first : rest)
                rows[rows.count - 1].append(Piece((used > 0 ? " " : "") + text, piece.style))
                used += DisplayText.width(text) + (used > 0 ? 1 : 0)
            }
        }
        return rows
    }

    private static func painted(_ piece: Piece) -> String {
        piece.style == .plain ? piece.text : "\u{1B}[\(piece.style.rawValue)m\(piece.text)\u{1B}[0m"
    }
}
