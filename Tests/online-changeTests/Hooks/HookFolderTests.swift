import Foundation
import OnlineChange
import Testing

@testable import online_change

struct HookFolderTests {
    @Test func programs() throws {
        try withHooks(["before-swap": 0o755, "README": 0o644, "common.sh": 0o644, "before-drop.off": 0o644]) { path in
            let folder = try HookFolder(path)
            #expect(folder.program(.beforeSwap) == "\(path)/before-swap")
            #expect(folder.program(.beforeDrop) == nil)
        }
    }

    @Test("A hook that would never be run is refused, for someone relies on it")
    func neverRun() throws {
        try withHooks(["before-drop": 0o644]) { path in
            let failure = #expect(throws: Failure.self) { try HookFolder(path) }
            #expect(failure?.kind == .refused)
            #expect(failure?.next?.hasPrefix("chmod +x '\(path)/before-drop'") == true)
        }
        try withHooks(["before-swpa": 0o755]) { path in
            let failure = #expect(throws: Failure.self) { try HookFolder(path) }
            #expect(failure?.kind == .refused)
            #expect(failure?.next?.hasPrefix("Did you mean before-swap") == true)
        }
    }

    @Test func noFolder() {
        let failure = #expect(throws: Failure.self) { try HookFolder("/nowhere/at/all") }
        #expect(failure?.kind == .usage)
    }

    private func withHooks(_ modes: [String: Int], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hooks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, mode) in modes {
            let path = folder.appending(path: name).path
            #expect(FileManager.default.createFile(atPath: path, contents: Data("#!/bin/sh\n".utf8)))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
        try body(folder.path)
    }
}
