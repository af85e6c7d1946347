/// Several changes, one a line, in columns. Pure.
public struct StatusTable: Sendable {
    private let statuses: [ChangeStatus]

    /// A table of these changes.
    public init(_ statuses: [ChangeStatus]) {
        self.statuses = statuses
    }

    /// The lines, the heads of the columns first.
    ///
    /// - Parameter width: columns to cut lines to; nil for no end.
    public func lines(width: Int? = nil, isColoured: Bool = false) -> [String] {
        let rows = [["no.", "change", "state", "reached", "done", "rows/s", "left", "waits for"]] + statuses.map(cells)
        let columns = rows[0].indices.map { column in rows.map { DisplayText.width($0[column]) }.max() ?? 0 }
        return rows.enumerated().map { place, row in
            var pieces: [ScreenLine.Piece] = []
            for (column, text) in row.enumerated() {
                let isNumber = column == 0 || (4...5).contains(column)
                let space = String(repeating: " ", count: max(0, columns[column] - DisplayText.width(text)))
                let cell = isNumber ? space + text : column == row.count - 1 ? text : text + space
                let style: ScreenLine.Style =
                    place == 0
                    ? .faint : column == 1 ? .strong : column == 2 ? statuses[place - 1].headlineStyle : .plain
                pieces.append(ScreenLine.Piece((column > 0 ? "  " : "") + cell, style))
            }
            while let last = pieces.last, last.text.allSatisfy(\.isWhitespace) { pieces.removeLast() }
            if let last = pieces.indices.last {
                while pieces[last].text.last == " " { pieces[last].text.removeLast() }
            }
            return ScreenLine(nil, pieces).rendered(width: width, isFolded: false, isColoured: isColoured)[0]
        }
    }

    private func cells(_ status: ChangeStatus) -> [String] {
        let progress = status.state == "active" ? status.progress : nil
        return [
            "\(status.number)", status.change, state(status),
            status.phases.last { $0.state == "reached" }?.name ?? "-",
            progress.map { "\(Int(($0.fraction * 100).rounded(.down))) %" } ?? "",
            status.estimate.map { Count.text(Int($0.rate)) } ?? "",
            status.estimate.map { Seconds.text($0.seconds) } ?? "",
            status.whyItWaits ?? "",
        ].map(DisplayText.printable)
    }

    /// In a word or two.
    private func state(_ status: ChangeStatus) -> String {
        guard status.state == "active" else { return status.state }
        if status.isRunning { return status.isPaused ? "paused" : status.waiting == nil ? "running" : "waiting" }
        if status.isSilent { return "runner gone" }
        if status.error != nil || status.phases.contains(where: { $0.state == "under way" }) { return "stopped" }
        return "ready"
    }
}
