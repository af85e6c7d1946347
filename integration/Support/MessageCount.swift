/// Counts the messages that a client sends: each ends with Sync or is a simple query (PostgreSQL documentation, 55.2).
struct MessageCount {
    private var rest: [UInt8] = []
    private var hasStarted = false

    mutating func count(_ bytes: [UInt8]) -> Int {
        rest += bytes
        var count = 0
        while true {
            // The first packet has no type before its length.
            let type = hasStarted ? 1 : 0
            guard rest.count >= type + 4 else { return count }
            let length = rest[type..<type + 4].reduce(0) { $0 << 8 | Int($1) }
            guard rest.count >= type + length else { return count }
            if hasStarted, [UInt8(ascii: "Q"), UInt8(ascii: "S")].contains(rest[0]) { count += 1 }
            hasStarted = true
            rest.removeFirst(type + length)
        }
    }
}
