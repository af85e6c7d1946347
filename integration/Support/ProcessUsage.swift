import Foundation

/// What the kernel knows of a process, for as long as it runs.
struct ProcessUsage: Sendable {
    /// Resident memory, in kilobytes.
    let memory: Int
    /// Open files, sockets and pipes.
    let descriptors: Int

    /// Reads it from `/proc`; nil where there is none, or the process no longer.
    static func read(_ pid: Int32) -> ProcessUsage? {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let memory = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }),
            let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
        else { return nil }
        return ProcessUsage(memory: memory, descriptors: descriptors)
    }

    /// The command line that every user of the machine can read.
    static func commandLine(_ pid: Int32) -> String? {
        (try? Data(contentsOf: URL(filePath: "/proc/\(pid)/cmdline"))).map {
            String(decoding: $0, as: UTF8.self).replacing("\0", with: " ")
        }
    }
}
