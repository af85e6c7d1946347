import Foundation

/// The temporary folder of one cluster: its data, socket, log, and the file that says whose it is.
struct ClusterFolder: Sendable {
    static let prefix = "oc-pg-"

    let path: String

    var data: String { "\(path)/data" }
    var log: String { "\(path)/server.log" }
    /// Locked by the owner as long as it lives; holds its pid, for people.
    var owner: String { "\(path)/owner" }
    /// Stands there instead of `owner` if the cluster is to outlive its owner.
    var kept: String { "\(path)/kept" }

    /// The folders to put clusters into, best first: `TMPDIR`, unless it is relative, and `/tmp`.
    static func parents(environment: [String: String]) -> [String] {
        var parents = ["/tmp"]
        if var configured = environment["TMPDIR"], configured.hasPrefix("/") {
            while configured.count > 1, configured.hasSuffix("/") { configured.removeLast() }
            if configured != "/tmp" { parents.insert(configured, at: 0) }
        }
        return parents
    }

    /// A new folder, readable by the server's user alone, in the first parent where that user can make one and the
    /// path of the server's socket is short enough.
    static func make(in parents: [String], user: ServerUser) async throws(ThrowawayPostgresError) -> ClusterFolder {
        var reasons: [String] = []
        for parent in parents {
            let template = "\(parent)/\(prefix)XXXXXX"
            guard "\(template)/.s.PGSQL.65535".utf8.count <= longestSocketPath else {
                reasons.append("\(parent) is too long for a socket's path (at most \(longestSocketPath) bytes)")
                continue
            }
            do {
                // Made by the server's user itself: whether it may is then answered, and nothing needs chown.
                return ClusterFolder(path: try await ServerCommand(user: user)("mktemp", ["-d", template]))
            } catch {
                reasons.append("\(error)")
            }
        }
        throw .noTemporaryFolder(reasons: reasons)
    }

    /// What `sockaddr_un` can hold, less its final NUL: 107 bytes on Linux, 103 on macOS.
    static let longestSocketPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// The end of the server's log, or nothing.
    func logTail(lines: Int = 20) -> String {
        guard let log = FileManager.default.contents(atPath: log) else { return "" }
        return String(decoding: log, as: UTF8.self).split(separator: "\n").suffix(lines).joined(separator: "\n")
    }

    func append(_ text: String, to file: String) throws(ThrowawayPostgresError) {
        let descriptor = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .fileFailed(path: file, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw .fileFailed(path: file, reason: String(cString: strerror(errno)))
        }
    }
}
