/// The rows that one client has touched, and what each must hold.
struct ClientRows: Sendable {
    private let keys: KeySlice
    private var nextPlace: Int
    private(set) var states: [Int: RowState] = [:]
    // The keys of rows that may exist, with their places, so that one can be drawn and removed in constant time.
    private var live: [Int] = []
    private var places: [Int: Int] = [:]

    init(existing keys: KeySlice) {
        self.keys = keys
        nextPlace = keys.existingCount
    }

    /// A key that has had no row yet. It counts as absent until an insert is acknowledged.
    mutating func takeNewKey() -> Int {
        let key = keys[nextPlace]
        nextPlace += 1
        states[key] = .known(.absent)
        return key
    }

    /// A row that this client wrote or read; nil if there is none.
    func anyLive(using random: inout SeededGenerator) -> Int? {
        live.randomElement(using: &random)
    }

    /// A key of this client's share from before the workload; nil if it has none.
    func anyExisting(using random: inout SeededGenerator) -> Int? {
        guard keys.existingCount > 0 else { return nil }
        return keys[Int.random(in: 0..<keys.existingCount, using: &random)]
    }

    /// The server acknowledged it.
    mutating func set(_ key: Int, to content: RowContent) {
        states[key] = .known(content)
        content == .absent ? bury(key) : revive(key)
    }

    /// The server may have done it. A row of which nothing was known stays unknown.
    mutating func mayHaveSet(_ key: Int, to content: RowContent) {
        guard let state = states[key] else { return }
        states[key] = state.orElse(content)
        revive(key)
    }

    private mutating func revive(_ key: Int) {
        guard places[key] == nil else { return }
        places[key] = live.count
        live.append(key)
    }

    private mutating func bury(_ key: Int) {
        guard let place = places.removeValue(forKey: key), let last = live.popLast(), last != key else { return }
        live[place] = last
        places[last] = place
    }
}
