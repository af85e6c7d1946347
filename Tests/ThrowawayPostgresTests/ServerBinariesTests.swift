import Foundation
import Testing

@testable import ThrowawayPostgres

struct ServerBinariesTests {
    @Test func findsAnInstalledServer() async throws {
        let found = try await ServerBinaries.find()
        #expect(found.version.major >= 9)
        #expect(FileManager.default.isExecutableFile(atPath: found.path(of: "initdb")))
    }

    @Test func anOverrideWithoutAServerIsAnErrorThatNamesIt() async throws {
        let error = await #expect(throws: ThrowawayPostgresError.self) {
            try await ServerBinaries.find(environment: ["ONLINE_CHANGE_PG_BIN": "/nowhere/bin"])
        }
        #expect(
            error?.description
                == "ONLINE_CHANGE_PG_BIN=/nowhere/bin holds no usable PostgreSQL server: "
                + "there is no executable initdb in it"
        )
    }

    @Test func theOverrideWinsOverAnythingNewer() async throws {
        try await withServers(["8.4.22"]) { folders in
            let found = try await ServerBinaries.find(environment: ["ONLINE_CHANGE_PG_BIN": folders[0]])
            #expect(found.version == ServerVersion(major: 8, number: 4))
            #expect(found.directory == folders[0])
        }
    }

    @Test func anEmptyOverrideIsNone() async throws {
        let searched = try await ServerBinaries.find(environment: [:])
        #expect(try await ServerBinaries.find(environment: ["ONLINE_CHANGE_PG_BIN": ""]) == searched)
    }

    @Test func theNewestWins() async throws {
        try await withServers(["15.18", "99beta1", "98.3"]) { folders in
            #expect(try await ServerBinaries.newest(in: folders).directory == folders[1])
            let inPath = try await ServerBinaries.find(environment: ["PATH": folders.joined(separator: ":")])
            #expect(inPath.directory == folders[1])
        }
    }

    @Test func serversThatDoNotAnswerAreLeftOut() async throws {
        try await withServers(["15.1", "unknown"]) { folders in
            let found = try await ServerBinaries.newest(in: folders)
            #expect(found.directory == folders[0])
            let useless = [folders[1], "/nowhere"]
            await #expect(throws: ThrowawayPostgresError.noServerInstalled(searched: useless)) {
                try await ServerBinaries.newest(in: useless)
            }
        }
    }

    /// Folders whose `postgres` does nothing but tell a version.
    private func withServers(_ versions: [String], _ body: ([String]) async throws -> Void) async throws {
        let parent = try PrivateParent()
        defer { parent.remove() }
        let folders = try versions.map { version in
            let folder = "\(parent.path)/\(version)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for program in ["initdb", "postgres", "pg_ctl"] {
                let script = Data("#!/bin/sh\necho 'postgres (PostgreSQL) \(version)'\n".utf8)
                let made = FileManager.default.createFile(
                    atPath: "\(folder)/\(program)",
                    contents: script,
                    attributes: [.posixPermissions: 0o755]
                )
                try #require(made)
            }
            return folder
        }
        try await body(folders)
    }
}
