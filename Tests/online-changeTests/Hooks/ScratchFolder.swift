import Foundation

/// A folder of a test's own, removed at its end.
struct ScratchFolder {
    let path: String

    /// Gives the body an empty folder.
    static func with<Value>(_ body: (ScratchFolder) async throws -> Value) async throws -> Value {
        let url = FileManager.default.temporaryDirectory.appending(path: "oc-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        return try await body(ScratchFolder(path: url.path))
    }

    /// Writes an executable of the shell's.
    func script(_ name: String, _ lines: String) throws {
        // A program that is being written can't be run, by a process forked meanwhile either: it comes by its name whole.
        let path = "\(path)/.\(name).new"
        try Data("#!/bin/sh\n\(lines)\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        guard rename(path, "\(self.path)/\(name)") == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    /// What a file of it holds; empty if there is none.
    func text(_ name: String) -> String {
        (try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)) ?? ""
    }
}
