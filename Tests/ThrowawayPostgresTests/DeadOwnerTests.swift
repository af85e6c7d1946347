import Foundation
import TestSupport
import Testing

@testable import ThrowawayPostgres

/// Owners are processes of their own here, which end in ways that leave them no time to clean up.
@Suite(.timeLimit(.minutes(20)))
struct DeadOwnerTests {
    @Test func theWatchdogRemovesTheClusterOfAKilledOwner() async throws {
        let owner = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            let cluster = try await ThrowawayCluster.start()
            announce(try await ask(cluster, "SHOW unix_socket_directories"))
            raise(SIGKILL)
        }
        let folder = try #require(announced(by: owner))
        #expect(try await vanishes(folder, within: .seconds(3)))
    }

    @Test func aProcessThatJustEndsLeavesNothing() async throws {
        let owner = await #expect(processExitsWith: .exitCode(3), observing: [\.standardOutputContent]) {
            announce(try await ThrowawayCluster.start().folder)
            exit(3)
        }
        let folder = try #require(announced(by: owner))
        #expect(try await vanishes(folder, within: .seconds(3)))
    }

    @Test(arguments: [1, 30, 100, 300, 700, 1_100, 1_500])
    func anOwnerKilledWhileItStartsLeavesNothing(milliseconds: Int) async throws {
        let parent = try PrivateParent()
        defer { parent.remove() }
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = parent.path as String, milliseconds = milliseconds as Int] in
            Task.detached { try await ThrowawayCluster.start(parents: [path]) }
            try await Task.sleep(for: .milliseconds(milliseconds))
            raise(SIGKILL)
        }
        // Nothing may be there yet when the watchdog is still to be born.
        try await Task.sleep(for: .milliseconds(1_500))
        try await eventually { try await processes(of: parent.path).isEmpty }
        // An empty folder may be left if it was made but not yet announced to a watchdog.
        try await eventually {
            parent.clusters.allSatisfy { folder in
                // The watchdog may remove it between the two looks.
                ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).allSatisfy { $0 == "owner" }
            }
        }
    }

    @Test func theNextStartSweepsWhatNoWatchdogRemoved() async throws {
        let parent = try PrivateParent()
        defer { parent.remove() }
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = parent.path as String] in
            let cluster = try await ThrowawayCluster.start(parents: [path])
            kill(try #require(cluster.watchdog).processIdentifier, SIGKILL)
            raise(SIGKILL)
        }
        let orphan = try #require(parent.clusters.first)
        try await Task.sleep(for: .milliseconds(500))
        #expect(try await processes(of: orphan).isEmpty == false)

        // Two sweeps at once, neither of which may fail or take the other's new cluster for dead.
        async let first = ThrowawayCluster.start(parents: [parent.path])
        async let second = ThrowawayCluster.start(parents: [parent.path])
        let survivors = try await [first, second]
        #expect(try await vanishes(orphan, within: .seconds(1)))
        #expect(Set(parent.clusters) == Set(survivors.map(\.folder)))
        for cluster in survivors {
            #expect(try await ask(cluster, "SELECT 1") == "1")
            try await cluster.destroy()
        }
    }

    @Test func aSweepSparesTheLivingTheKeptAndTheJustMade() async throws {
        let parent = try PrivateParent()
        defer { parent.remove() }
        let user = try ServerUser.current()
        let living = try await ThrowawayCluster.start(parents: [parent.path])
        let kept = try await ThrowawayCluster.start(keep: true, parents: [parent.path])
        let justMade = try await ClusterFolder.make(in: [parent.path], user: user)
        let abandoned = try await ClusterFolder.make(in: [parent.path], user: user)
        try FileManager.default.setAttributes(
            [.modificationDate: Date.now.addingTimeInterval(-4_000)],
            ofItemAtPath: abandoned.path
        )
        await Sweep(parents: [parent.path], user: user)()
        #expect(Set(parent.clusters) == [living.folder, kept.folder, justMade.path])
        #expect(try await ask(living, "SELECT 1") == "1")
        #expect(try await ask(kept, "SELECT 1") == "1")
        try await living.destroy()
        try await kept.destroy()
        #expect(try await processes(of: parent.path) == [])
    }

    @Test func aKeptClusterOutlivesItsOwner() async throws {
        let parent = try PrivateParent()
        defer { parent.remove() }
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = parent.path as String] in
            _ = try await ThrowawayCluster.start(keep: true, parents: [path])
            raise(SIGKILL)
        }
        let folder = try #require(parent.clusters.first)
        try await Task.sleep(for: .seconds(1))
        #expect(try await processes(of: folder).isEmpty == false)
        try await Removal(folder: folder, user: ServerUser.current())()
        #expect(try await vanishes(folder, within: .seconds(2)))
    }

    @Test func neitherServerNorWatchdogDiesOfTheTerminalsInterrupt() async throws {
        let owner = await #expect(processExitsWith: .signal(SIGINT), observing: [\.standardOutputContent]) {
            setpgid(0, 0)
            signal(SIGINT, SIG_IGN)
            let cluster = try await ThrowawayCluster.start()
            kill(0, SIGINT)
            try await Task.sleep(for: .milliseconds(300))
            announce(try await ask(cluster, "SHOW unix_socket_directories"))
            signal(SIGINT, SIG_DFL)
            kill(0, SIGINT)
            try await Task.sleep(for: .seconds(1))
        }
        let folder = try #require(announced(by: owner))
        #expect(try await vanishes(folder, within: .seconds(3)))
    }
}

private func announce(_ folder: String) {
    FileHandle.standardOutput.write(Data("\nfolder=\(folder)\n".utf8))
}

private func announced(by owner: ExitTest.Result?) -> String? {
    let output = owner.map { String(decoding: $0.standardOutputContent, as: UTF8.self) } ?? ""
    return output.split(separator: "\n").first { $0.hasPrefix("folder=") }.map { String($0.dropFirst(7)) }
}
