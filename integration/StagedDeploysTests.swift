import Foundation
import Subprocess
import TestSupport
import Testing

/// The example of docs/staged-deploys.md, small: three deploys of an application that writes all the time.
@Suite(.database) struct StagedDeploysTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "staged-deploys/run.sh").path

    @Test("Three deploys, each with the same two lines, and every write is there")
    func threeDeploys() async throws {
        let cluster = try await TestServer.cluster
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let environment: [Environment.Key: String?] = [
            "PGHOST": cluster.socketDirectory, "PGPORT": "\(cluster.port)", "PGUSER": cluster.superuser,
            "PGDATABASE": try TestDatabase.current.name, "PATH": "\(cluster.binaries.directory):\(path)",
            "ONLINE_CHANGE_BINARY": Tool.path, "SHOP_ROWS": "2000", "SHOP_PAUSE": "0.1",
        ]
        let result = try await Subprocess.run(
            .path(.init(Self.script)),
            arguments: ["--here"],
            environment: .inherit.updating(environment),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        #expect(result.terminationStatus == .exited(0), "\(result.standardError)")
        let page = result.standardOutput
        for phase in ["backfill", "swap", "drop"] { #expect(page.contains("\n\(phase) reached.\n")) }
        #expect(page.contains("no change 'customer-full-name' yet; waiting for somebody to begin it"))
        #expect(page.components(separatedBy: "backfill is reached; left alone").count == 5)
        #expect(page.contains("to is fullname, was full_name"))
        #expect(page.contains("lost: 0\nupdates     acknowledged: all that are found; lost: 0\n"))
    }
}
