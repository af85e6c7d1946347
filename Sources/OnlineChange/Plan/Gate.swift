/// What lies between two phases: what is true now, what to deploy, and how to tell that it is deployed.
///
/// The recipe has the texts; the commands that go on and back are filled in where the change's name is known.
public struct Gate: Hashable, Sendable {
    /// What is true now.
    public var now: String
    /// What to deploy; nil if nothing.
    public var deploy: String?
    /// How to see that it is deployed.
    public var check: String?
    /// What to do before going back; nil if nothing.
    public var beforeBack: String?
    /// The command that goes on.
    public var next: String?
    /// The command that goes back; nil if there is no way back.
    public var back: String?

    /// A gate.
    public init(now: String, deploy: String? = nil, check: String? = nil, beforeBack: String? = nil) {
        self.now = now
        self.deploy = deploy
        self.check = check
        self.beforeBack = beforeBack
    }

    /// The same with each text changed.
    func mapTexts(_ change: (String) -> String) -> Gate {
        Gate(
            now: change(now),
            deploy: deploy.map(change),
            check: check.map(change),
            beforeBack: beforeBack.map(change)
        )
    }

    /// Lines for people: a column of labels, texts broken at a width. Commands stay whole, to be copied.
    ///
    /// - Parameters:
    ///   - labels: width of the column of labels.
    ///   - indent: blanks before each line.
    ///   - width: columns of a line, all together.
    public func lines(labels: Int = 8, indent: Int = 2, width: Int = 100) -> [String] {
        var lines: [String] = []
        func add(_ label: String, _ pieces: [String]) {
            for (place, piece) in pieces.enumerated() {
                let start = place == 0 ? label : ""
                lines.append(
                    String(repeating: " ", count: indent)
                        + start + String(repeating: " ", count: max(1, labels - start.count)) + piece
                )
            }
        }
        let room = max(20, width - indent - labels)
        add("now", Wrapped.lines(now, width: room))
        if let deploy { add("deploy", Wrapped.lines(deploy, width: room)) }
        if let check { add("check", Wrapped.lines(check, width: room)) }
        if let next { add("next", [next]) }
        if let back { add("back", (beforeBack.map { Wrapped.lines($0, width: room) } ?? []) + [back]) }
        return lines
    }
}

extension Gate: Codable {
    private enum CodingKeys: String, CodingKey {
        case now, deploy, check, next, back
        case beforeBack = "before-back"
    }

    /// Plans of a ledger may hold a gate that is one text.
    public init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self.init(now: text)
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            now: try container.decode(String.self, forKey: .now),
            deploy: try container.decodeIfPresent(String.self, forKey: .deploy),
            check: try container.decodeIfPresent(String.self, forKey: .check),
            beforeBack: try container.decodeIfPresent(String.self, forKey: .beforeBack)
        )
        next = try container.decodeIfPresent(String.self, forKey: .next)
        back = try container.decodeIfPresent(String.self, forKey: .back)
    }
}

extension Plan {
    /// The gate behind a reached phase, with the commands that go on and back; nil behind the last.
    func gate(after name: String?) -> Gate? {
        guard let name, let reached = phase(name), phase(after: name) != nil, var gate = reached.gate else {
            return nil
        }
        gate.next = nextCommand
        let isSwapped = (phases.prefix { $0.name != name } + [reached]).contains { $0.steps.contains(where: \.isSwap) }
        gate.back = isOneWay && isSwapped ? nil : "online-change rollback \(ShellWord(change))"
        return gate
    }

    /// The command that goes on with the change.
    var nextCommand: String { "online-change advance \(ShellWord(change))" }
}
