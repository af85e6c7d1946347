/// What one pass over the whole table found, or over a part of it.
public struct VerificationResult: Codable, Hashable, Sendable {
    /// Rows compared.
    public var rows = 0
    /// Rows that differed when they were read.
    public var differences = 0
    /// Of these, rows that were mended.
    public var repaired = 0
    /// Rows that differ still although they were written: what mends rows does not mend them.
    public var unmendable = 0
    /// Keys of rows that still differ, 20 at most.
    public var keys: [String] = []
    /// Rows whose value the other column's type can't hold.
    public var misfits = 0
    /// Rows whose value is not the same once it has been converted and back.
    public var lossy = 0
    /// Keys and values of such rows, 20 at most.
    public var misfitKeys: [String] = []

    /// How many rows are named.
    static let named = 20

    /// Rows that differ still.
    public var remaining: Int { differences - repaired }

    /// Adds what was found in another part of the table.
    mutating func add(_ other: VerificationResult) {
        rows += other.rows
        differences += other.differences
        repaired += other.repaired
        unmendable += other.unmendable
        misfits += other.misfits
        lossy += other.lossy
        keys = Array((keys + other.keys).prefix(Self.named))
        misfitKeys = Array((misfitKeys + other.misfitKeys).prefix(Self.named))
    }

    /// What the other column can't hold, in words; nil if it can hold everything or the loss is allowed.
    func unfit(_ verification: Verification) -> String? {
        var reasons: [String] = []
        if misfits > 0 {
            reasons.append("\(Count.text(misfits)) row\(misfits == 1 ? " doesn't" : "s don't") fit the other type")
        }
        if lossy > 0, !verification.toleratesLoss {
            reasons.append("\(Count.text(lossy)) value\(lossy == 1 ? "" : "s") would change by the conversion")
        }
        return reasons.isEmpty ? nil : reasons.joined(separator: ", ")
    }
}
