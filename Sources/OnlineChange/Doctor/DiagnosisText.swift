extension Diagnosis {
    /// The diagnosis for people.
    public var text: String {
        var lines = ["\(head): \(summary)"]
        for ailment in ailments {
            lines.append("\(ailment.weight.text)  \(ailment.object): \(ailment.message)")
            lines.append("\(String(repeating: " ", count: ailment.weight.text.count))  -> \(ailment.remedy)")
        }
        lines += unseen.map { "not seen       \($0)" }
        return lines.joined(separator: "\n")
    }

    private var head: String {
        let place = [version.map { "server \($0)" }, database.map { "database \($0)" }, table.map { "table \($0)" }]
        let role = role.map { "as \($0)" }
        return (place + [role]).compactMap { $0 }.joined(separator: ", ")
    }

    private var summary: String {
        let counts = Ailment.Weight.allCases.compactMap { weight -> String? in
            let count = ailments.count { $0.weight == weight }
            return count == 0 ? nil : "\(Count.text(count)) \(weight.noun(count))"
        }
        return counts.isEmpty ? "nothing stands in the way" : counts.joined(separator: ", ")
    }
}

extension Ailment.Weight {
    fileprivate var text: String {
        switch self {
        case .blocks: "blocks       "
        case .hurts: "hurts        "
        case .worthKnowing: "worth knowing"
        }
    }

    fileprivate func noun(_ count: Int) -> String {
        switch self {
        case .blocks: count == 1 ? "blocks" : "block"
        case .hurts: count == 1 ? "hurts" : "hurt"
        case .worthKnowing: "worth knowing"
        }
    }
}
