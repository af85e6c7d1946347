import Foundation
import Testing

@testable import ThrowawayPostgres

/// What the first row's first column says, asked with the cluster's own `psql`.
func ask(_ cluster: ThrowawayCluster, _ query: String) async throws -> String {
    try await ServerCommand()(cluster.binaries.path(of: "psql"), ["-XAtq", "-c", query, cluster.dsn()])
}

/// The processes that work in the folder or were given its path: its server, that one's children, a watchdog.
func processes(of folder: String) async throws -> [String] {
    guard FileManager.default.fileExists(atPath: "/proc/self/cwd") else {
        let all = try await ServerCommand()("ps", ["-A", "-o", "command="])
        return all.split(separator: "\n").filter { $0.contains(folder) }.map(String.init)
    }
    let pids = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }
    return pids.compactMap { pid in
        let works = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")
        let command = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
        let words = String(decoding: command, as: UTF8.self).replacing("\0", with: " ")
        return works?.hasPrefix(folder) == true || words.contains(folder) ? "\(pid) \(words)" : nil
    }
}

/// Whether the folder and all its processes go within the time.
func vanishes(_ folder: String, within limit: Duration) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        let isThere = FileManager.default.fileExists(atPath: folder)
        if !isThere, try await processes(of: folder).isEmpty { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return false
}
