import Foundation
import Subprocess
import Testing

@testable import ThrowawayPostgres

@Suite(.timeLimit(.minutes(20)))
struct RemovalTests {
    @Test func aStalePidFileHarmsNobody() async throws {
        let user = try ServerUser.current()
        let folder = try await madeUp(by: user)
        let bystander = ServerCommand(user: user).configuration("sleep", ["60"])
        let result = try await run(bystander, input: .none, output: .discarded, error: .discarded) { execution in
            try await pretend(execution.processIdentifier.value, servesIn: folder, as: user)
            try await Removal(folder: folder.path, user: user)()
            try await Task.sleep(for: .milliseconds(100))
            // What ends it decides the outcome: nobody's signal may have come before this one.
            try execution.send(signal: .terminate)
        }
        #expect(result.terminationStatus == .signaled(SIGTERM))
        #expect(FileManager.default.fileExists(atPath: folder.path) == false)
    }

    @Test func aServerThatIgnoresItsShutdownIsKilled() async throws {
        let user = try ServerUser.current()
        let folder = try await madeUp(by: user)
        let deaf = ServerCommand(user: user)
            .configuration("/bin/sh", ["-c", "trap '' QUIT; cd \(folder.data); while :; do sleep 1; done"])
        let result = try await run(deaf, input: .none, output: .discarded, error: .discarded) { execution in
            try await Task.sleep(for: .milliseconds(200))
            try await pretend(execution.processIdentifier.value, servesIn: folder, as: user)
            try await Removal(folder: folder.path, user: user)()
        }
        #expect(result.terminationStatus == .signaled(SIGKILL))
        #expect(FileManager.default.fileExists(atPath: folder.path) == false)
    }

    @Test func removingWhatIsGoneIsNoError() async throws {
        try await Removal(folder: "/tmp/oc-pg-never-was", user: ServerUser.current())()
    }

    private func madeUp(by user: ServerUser) async throws -> ClusterFolder {
        let folder = try await ClusterFolder.make(in: ["/tmp"], user: user)
        try await ServerCommand(user: user)("mkdir", [folder.data])
        return folder
    }

    private func pretend(_ pid: Int32, servesIn folder: ClusterFolder, as user: ServerUser) async throws {
        try await ServerCommand(user: user)("/bin/sh", ["-c", "echo \(pid) > \(folder.data)/postmaster.pid"])
    }
}
