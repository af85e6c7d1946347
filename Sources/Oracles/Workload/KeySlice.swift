/// The keys of one client: every n-th integer. Slices of different clients have no key in common.
struct KeySlice: Sendable {
    private let first: Int
    private let stride: Int
    /// How many of them may be keys of rows that existed when the workload started.
    let existingCount: Int

    /// A slice of the keys from the lowest to the highest that exist, and of all after those.
    init(from lowest: Int?, through highest: Int?, index: Int, of count: Int) {
        let base = lowest ?? 1
        first = base + index
        stride = count
        existingCount = highest.map { max(0, ($0 - base - index + count) / count) } ?? 0
    }

    /// The key at a place in the slice; from `existingCount` on they are new.
    subscript(place: Int) -> Int { first + place * stride }
}
