extension ReportDocument {
    /// What is known of the legacy column's use, a sentence each.
    var evidence: [String] { [writes] + found }

    private var writes: String {
        guard let writes = status.legacyWrites else {
            return "Writes by the old name alone are counted from swap on, until drop."
        }
        guard writes.count > 0 else { return "No write has come by the old name alone since swap." }
        let last = writes.last.map { ", the last one at \($0)" } ?? ""
        return "\(Count.text(writes.count)) writes came by the old name alone since swap\(last)."
    }
}
