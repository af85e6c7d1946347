/// A measure with its samples, in the text format that Prometheus reads (version 0.0.4).
struct MetricFamily: Hashable, Sendable {
    /// Whether it only ever rises.
    enum Kind: String, Sendable {
        case gauge, counter
    }

    /// A value and what it is of.
    struct Sample: Hashable, Sendable {
        let labels: [Label]
        let value: Double
    }

    /// A label's name and value.
    struct Label: Hashable, Sendable {
        let name: String
        let value: String
    }

    /// With the base unit at its end, and `_total` behind it for counters.
    let name: String
    let kind: Kind
    let help: String
    var samples: [Sample] = []

    /// The family as text, a line for each sample; empty if it has none.
    var text: String {
        guard !samples.isEmpty else { return "" }
        let head = ["# HELP \(name) \(Self.escaped(help))", "# TYPE \(name) \(kind.rawValue)"]
        let lines = samples.map { sample in
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value).replacing("\"", with: "\\\""))\"" }
            return name + (labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}") + " " + Self.number(sample.value)
        }
        return (head + lines).map { $0 + "\n" }.joined()
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // A count is written as one.
        return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }
}
