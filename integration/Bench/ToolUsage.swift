import Foundation

/// What a run of the tool cost on its own side.
struct ToolUsage: Codable, Sendable {
    /// Processor time in seconds.
    var cpu = 0.0
    /// The most memory it had, in MB.
    var memory = 0.0

    /// Watches a process until it is gone.
    static func watch(_ pid: Int32) async -> ToolUsage {
        var usage = ToolUsage()
        while let now = read(pid) {
            usage = ToolUsage(cpu: max(usage.cpu, now.cpu), memory: max(usage.memory, now.memory))
            try? await Task.sleep(for: .milliseconds(50))
        }
        return usage
    }

    /// Nil for a process that has ended.
    private static func read(_ pid: Int32) -> ToolUsage? {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
            let peak = status.firstMatch(of: /VmHWM:\s+(\d+) kB/)?.1,
            let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        else { return nil }
        // After the name, which may hold spaces: state is field 3, utime 14, stime 15, in hundredths of a second.
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        guard fields.count > 13, fields[1] != "Z" else { return nil }
        let ticks = (Double(fields[12]) ?? 0) + (Double(fields[13]) ?? 0)
        return ToolUsage(cpu: ticks / 100, memory: (Double(peak) ?? 0) / 1024)
    }
}
