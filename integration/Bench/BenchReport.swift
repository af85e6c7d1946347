import Foundation

/// The benchmark's figures, as a table and as JSON.
struct BenchReport: Codable, Sendable {
    /// One way to write every row, with medians of its rounds.
    struct Line: Codable, Sendable {
        let name: String
        var seconds: Double
        var footprint: Footprint
        var tool: ToolUsage?
    }

    /// What the application saw meanwhile.
    struct LoadLine: Codable, Sendable {
        let name: String
        /// Milliseconds.
        var p50: Double
        var p99: Double
        var p999: Double
        var longest: Double
        var statements: Int
        var errors: Int
        /// How long the change took, in seconds; nil without one.
        var seconds: Double?
    }

    let rows: Int
    let server: String
    let machine: String
    let date: String
    var idle: [Line] = []
    var loaded: [LoadLine] = []
    /// Seconds: `SELECT count(*)`, and the comparison with one and with four workers.
    var scan: [String: Double] = [:]

    /// The name of the line that the others are measured by.
    static let reference = "single UPDATE"

    var text: String {
        var lines = ["\(rows) rows of ~140 bytes; \(server); \(machine); \(date)", ""]
        lines += Self.head(["int → bigint, idle", "s", "speed", "WAL MB", "heap", "indexes", "HOT", "CPU s", "MB"])
        let reference = idle.first { $0.name == Self.reference }
        lines += idle.map { Self.row(cells($0, against: reference ?? $0)) }
        lines += ["", "speed and WAL: against the single UPDATE; CPU s, MB: the tool's own", ""]
        lines += Self.head(["1,000 statements/s, ms", "p50", "p99", "p99.9", "longest", "errors", "change s"])
        lines += loaded.map { line in
            Self.row(
                [line.name] + [line.p50, line.p99, line.p999, line.longest].map(Self.rounded)
                    + ["\(line.errors)", line.seconds.map(Self.rounded) ?? ""]
            )
        }
        if let count = scan["SELECT count(*)"] {
            lines.append("")
            for (name, seconds) in scan.sorted(by: { $0.key < $1.key }) {
                lines.append("\(name): \(Self.rounded(seconds)) s (\(Self.rounded(seconds / count)))")
            }
        }
        return lines.joined(separator: "\n")
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(self).write(to: URL(filePath: path))
    }

    /// Speed, WAL, heap, indexes and HOT share of one way against another; sizes as `ours (theirs)`.
    static func ratios(_ line: Line, to reference: Line) -> [String] {
        [
            rounded(reference.seconds / line.seconds),
            rounded(Double(line.footprint.wal) / Double(reference.footprint.wal)),
            "×\(rounded(line.footprint.heap)) (×\(rounded(reference.footprint.heap)))",
            "×\(rounded(line.footprint.indexes)) (×\(rounded(reference.footprint.indexes)))",
            line.footprint.hot.map { "\(Int(($0 * 100).rounded())) %" } ?? "",
        ]
    }

    private func cells(_ line: Line, against reference: Line) -> [String] {
        let wal = Double(line.footprint.wal) / Double(reference.footprint.wal)
        return [
            line.name, Self.rounded(line.seconds), Self.rounded(reference.seconds / line.seconds),
            "\(line.footprint.wal >> 20) (\(Self.rounded(wal)))", "×" + Self.rounded(line.footprint.heap),
            "×" + Self.rounded(line.footprint.indexes),
            line.footprint.hot.map { "\(Int(($0 * 100).rounded())) %" } ?? "",
            line.tool.map { Self.rounded($0.cpu) } ?? "", line.tool.map { "\(Int($0.memory.rounded()))" } ?? "",
        ]
    }

    /// The first two lines of a table.
    static func head(_ cells: [String]) -> [String] {
        [row(cells), row(cells.map { _ in "---" })]
    }

    /// A line of a table.
    static func row(_ cells: [String]) -> String {
        "| " + cells.joined(separator: " | ") + " |"
    }

    private static func rounded(_ value: Double) -> String {
        "\((value * 100).rounded() / 100)"
    }
}

extension Sequence<Double> {
    /// The middle one.
    var median: Double {
        let sorted = sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }
}
