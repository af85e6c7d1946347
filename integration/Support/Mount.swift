import Foundation
import Subprocess

/// A small file system in memory that the server's user may write.
struct Mount {
    let folder: String

    static func isPossible() async -> Bool {
        guard getuid() == 0, let mount = try? await make(size: "1m") else { return false }
        await mount.remove()
        return true
    }

    static func make(size: String) async throws -> Mount {
        let folder = FileManager.default.temporaryDirectory.appending(path: "oc-disk-\(UUID().uuidString.prefix(8))")
            .path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let mount = Mount(folder: folder)
        do {
            try await run("mount", "-t", "tmpfs", "-o", "size=\(size)", "tmpfs", folder)
            try await run("chown", "postgres", folder)
            try await run("chmod", "700", folder)
        } catch {
            await mount.remove()
            throw error
        }
        return mount
    }

    /// Makes it so small that little more than what it holds has a place.
    func leave(kilobytes: Int) async throws {
        var space = statvfs()
        guard statvfs(folder, &space) == 0 else { throw CommandFailed(command: ["statvfs", folder]) }
        let used = Int(space.f_blocks - space.f_bfree) * Int(space.f_frsize) / 1024
        try await resize("\(used + kilobytes)k")
    }

    func resize(_ size: String) async throws {
        try await Self.run("mount", "-o", "remount,size=\(size)", folder)
    }

    func remove() async {
        try? await Self.run("umount", folder)
        try? FileManager.default.removeItem(atPath: folder)
    }

    private struct CommandFailed: Error {
        let command: [String]
    }

    private static func run(_ command: String...) async throws {
        let result = try await Subprocess.run(
            .name(command[0]),
            arguments: Arguments(Array(command.dropFirst())),
            output: .discarded,
            error: .discarded
        )
        guard result.terminationStatus == .exited(0) else { throw CommandFailed(command: command) }
    }
}
