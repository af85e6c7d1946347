import Foundation
import Testing

@testable import ThrowawayPostgres

struct ClusterFolderTests {
    @Test(arguments: [
        (nil, ["/tmp"]), ("", ["/tmp"]), ("/tmp/", ["/tmp"]), ("/var/x//", ["/var/x", "/tmp"]), ("tmp", ["/tmp"]),
    ])
    func looksInTMPDIRFirst(variable: String?, parents: [String]) {
        #expect(ClusterFolder.parents(environment: variable.map { ["TMPDIR": $0] } ?? [:]) == parents)
    }

    @Test func aLongTMPDIRIsPassedOver() async throws {
        let parent = try PrivateParent()
        defer { parent.remove() }
        let long = "\(parent.path)/\(String(repeating: "x", count: 80))"
        try FileManager.default.createDirectory(atPath: long, withIntermediateDirectories: false)
        try #require(chmod(long, 0o1777) == 0)
        let cluster = try await ThrowawayCluster.start(parents: [long, parent.path])
        #expect(cluster.folder.hasPrefix("\(parent.path)/oc-pg-"))
        #expect(try await ask(cluster, "SELECT 1") == "1")
        try await cluster.destroy()
    }

    @Test func theLongestFolderThatFitsServes() async throws {
        let parent = try PrivateParent()
        defer { parent.remove() }
        let room = ClusterFolder.longestSocketPath - "\(parent.path)//oc-pg-XXXXXX/.s.PGSQL.65535".utf8.count
        for (length, fits) in [(room, true), (room + 1, false)] {
            let folder = "\(parent.path)/\(String(repeating: "x", count: length))"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            try #require(chmod(folder, 0o1777) == 0)
            if fits {
                let cluster = try await ThrowawayCluster.start(settings: ["port": "65535"], parents: [folder])
                #expect(try await ask(cluster, "SHOW port") == "65535")
                try await cluster.destroy()
            } else {
                await #expect(throws: ThrowawayPostgresError.self) {
                    try await ThrowawayCluster.start(parents: [folder])
                }
            }
        }
    }

    @Test func aFolderThatCannotBeMadeIsAnErrorThatNamesIt() async throws {
        let error = await #expect(throws: ThrowawayPostgresError.self) {
            try await ThrowawayCluster.start(parents: ["/nowhere"])
        }
        #expect(error?.description.contains("/nowhere/oc-pg-") == true)
    }
}
