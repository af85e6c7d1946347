extension Recipe: CustomStringConvertible {
    /// The recipe for people: its arguments, and what each phase does, step by step.
    public var description: String {
        var lines = [name, "  \(summary)", "", "Arguments"]
        lines += arguments.map { "  \($0.name): \($0.meaning)" }
        for phase in phases {
            lines += ["", "\(phase.name): \(phase.summary)"]
            lines += phase.operations.map { "  \(type(of: $0).key): \(type(of: $0).summary)" }
            if let gate = phase.gate { lines += ["  then:"] + gate.lines(indent: 4) }
        }
        return lines.joined(separator: "\n")
    }
}
