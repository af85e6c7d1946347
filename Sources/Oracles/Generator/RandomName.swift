public import Postgres

/// Names as people and generators of schemas give them, the awkward ones among them.
public enum RandomName {
    private static let plain = [
        "id", "name", "email", "title", "amount", "status", "created_at", "owner_id", "price", "note", "kind", "state",
        "body", "number", "position", "code", "label", "total", "at", "ref", "x", "_hidden", "a1",
    ]

    private static let awkward = [
        "order", "user", "select", "table", "group", "to", "from", "end", "new", "old", "Name", "createdAt", "NAME",
        "with space", " leading", "trailing ", "a.b", "a\"b", "it's", "back\\slash", "per%cent", "$1", "{from}", "{to}",
        "a-b", "1st", "a,b", "(a)", "[a]", "a:b", "a;b", "--", "/*", "Straße", "é", "e\u{301}", "列", "имя", "🙂", "!",
        "~", "\\n", "NULL", "ctid2", "oid", "tableoid_", "row", "value", "_", "a\tb",
    ]

    /// A name that none of those taken has; the same for the same seed.
    public static func make(seed: UInt64, not taken: [Identifier]) -> Identifier {
        var random = SeededGenerator(seed: seed)
        return make(&random, not: taken)
    }

    /// A name that none of those taken has.
    static func make(_ random: inout SeededGenerator, not taken: [Identifier] = []) -> Identifier {
        while true {
            let name = candidate(&random)
            if name.isStorable, !taken.contains(name) { return name }
        }
    }

    private static func candidate(_ random: inout SeededGenerator) -> Identifier {
        switch random.number(1...20) {
        case 1...8: Identifier(random.pick(plain))
        case 9...12: Identifier("\(random.pick(plain))_\(random.number(1...99))")
        case 13...17: Identifier(random.pick(awkward))
        case 18: Identifier("\(random.pick(awkward))\(random.number(1...9))")
        default: longest(&random)
        }
    }

    /// Of 63 bytes, or one or two less where a character ends.
    private static func longest(_ random: inout SeededGenerator) -> Identifier {
        let unit = random.pick(["long_", "länge", "x", "列", "Ab\""])
        return Identifier(String(repeating: unit, count: 40)).shortened(appending: "\(random.number(1...9))")
    }
}
