import Foundation
import TestSupport
import Testing

@testable import ThrowawayPostgres

@Suite(.timeLimit(.minutes(20)))
struct ThrowawayClusterTests {
    @Test func answersOnItsSocketOnly() async throws {
        let cluster = try await ThrowawayCluster.start()
        #expect(try await ask(cluster, "SELECT current_user") == "postgres")
        #expect(try await ask(cluster, "SHOW listen_addresses") == "")
        #expect(try await ask(cluster, "SHOW unix_socket_directories") == cluster.socketDirectory)
        #expect(try await ask(cluster, "SHOW server_encoding") == "UTF8")
        #expect(try await ask(cluster, "SELECT datcollate FROM pg_database WHERE datname = 'postgres'") == "C")
        #expect(try await ask(cluster, "SHOW wal_level") == "logical")
        #expect(FileManager.default.fileExists(atPath: cluster.logFile))
        try await cluster.destroy()
    }

    @Test func theCallersSettingsWin() async throws {
        let cluster = try await ThrowawayCluster.start(settings: [
            "port": "7777", "max_connections": "17", "application_name": #"it's \"#,
        ])
        #expect(cluster.port == 7_777)
        #expect(try await ask(cluster, "SHOW max_connections") == "17")
        #expect(try await ask(cluster, "SELECT boot_val <> reset_val FROM pg_settings WHERE name = 'port'") == "t")
        let written = try String(contentsOfFile: "\(cluster.folder)/data/postgresql.conf", encoding: .utf8)
        #expect(written.contains(#"application_name = 'it''s \\'"#))
        try await cluster.destroy()
    }

    @Test func keepsItsDataOverStopsRestartsAndCrashes() async throws {
        let cluster = try await ThrowawayCluster.start()
        _ = try await ask(cluster, "CREATE TABLE kept AS SELECT 42 AS n")
        try await cluster.stop()
        #expect(await cluster.isRunning() == false)
        await #expect(throws: ThrowawayPostgresError.self) { try await ask(cluster, "SELECT 1") }
        try await cluster.stop()
        try await cluster.startAgain()
        #expect(try await ask(cluster, "SELECT n FROM kept") == "42")

        let before = try await ask(cluster, "SELECT pg_postmaster_start_time()")
        try await cluster.startAgain()
        #expect(try await ask(cluster, "SELECT pg_postmaster_start_time()") == before)
        try await cluster.restart()
        #expect(try await ask(cluster, "SELECT pg_postmaster_start_time()") != before)

        try await cluster.kill()
        #expect(await cluster.isRunning() == false)
        try await cluster.startAgain()
        #expect(try await ask(cluster, "SELECT n FROM kept") == "42")
        #expect(cluster.place.logTail(lines: 1_000).contains("was not properly shut down"))
        try await cluster.destroy()
    }

    @Test func nothingRemainsAfterDestroy() async throws {
        let parent = try PrivateParent()
        defer { parent.remove() }
        let cluster = try await ThrowawayCluster.start(parents: [parent.path])
        #expect(parent.clusters == [cluster.folder])
        // The server with its children, and the watchdog.
        #expect(try await processes(of: cluster.folder).count > 2)
        try await cluster.destroy()
        #expect(parent.clusters.isEmpty)
        #expect(try await processes(of: cluster.folder) == [])
        try await cluster.destroy()
        await #expect(throws: ThrowawayPostgresError.destroyed(folder: cluster.folder)) {
            try await cluster.startAgain()
        }
    }

    @Test func destroyNeedsNoWatchdogAndNoHealthyServer() async throws {
        let cluster = try await ThrowawayCluster.start()
        let watchdog = try #require(cluster.watchdog)
        let server = try await ask(cluster, "SELECT pg_read_file('postmaster.pid')").split(separator: "\n")[0]
        try #require(kill(watchdog.processIdentifier, SIGKILL) == 0)
        try #require(kill(#require(pid_t(server)), SIGSTOP) == 0)
        try await cluster.destroy()
        #expect(try await vanishes(cluster.folder, within: .seconds(2)))
    }

    @Test func twoAtOnceDoNotMeet() async throws {
        async let first = ThrowawayCluster.start()
        async let second = ThrowawayCluster.start()
        let (one, other) = try await (first, second)
        #expect(one.folder != other.folder)
        _ = try await ask(one, "CREATE TABLE only_here ()")
        #expect(try await ask(other, "SELECT to_regclass('only_here') IS NULL") == "t")
        try await one.destroy()
        #expect(try await ask(other, "SELECT 1") == "1")
        try await other.destroy()
    }

    @Test func aServerThatDoesNotStartShowsItsLogAndLeavesNothing() async throws {
        let parent = try PrivateParent()
        defer { parent.remove() }
        let error = await #expect(throws: ThrowawayPostgresError.self) {
            try await ThrowawayCluster.start(settings: ["shared_buffers": "lots"], parents: [parent.path])
        }
        #expect(error?.description.contains(#"invalid value for parameter "shared_buffers": "lots""#) == true)
        #expect(parent.clusters.isEmpty)
        #expect(try await processes(of: parent.path) == [])
    }

    @Test(arguments: [5, 60, 300])
    func aCancelledStartLeavesNothing(milliseconds: Int) async throws {
        let parent = try PrivateParent()
        defer { parent.remove() }
        let start = Task { try await ThrowawayCluster.start(parents: [parent.path]) }
        try await Task.sleep(for: .milliseconds(milliseconds))
        start.cancel()
        await #expect(throws: ThrowawayPostgresError.self) { try await start.value }
        // What initdb had begun ends a moment after initdb.
        try await eventually { try await processes(of: parent.path) == [] }
        #expect(parent.clusters.allSatisfy { (try? FileManager.default.contentsOfDirectory(atPath: $0)) == [] })
    }

    @Test func quotesTheConnectionString() async throws {
        let cluster = try await ThrowawayCluster.start()
        #expect(
            cluster.dsn(database: #"a 'b' \c"#, user: "o'hara")
                == #"host='\#(cluster.folder)' port='5432' user='o\'hara' dbname='a \'b\' \\c'"#
        )
        _ = try await ask(cluster, #"CREATE DATABASE "a 'b' \c""#)
        let database = try await ServerCommand()(
            cluster.binaries.path(of: "psql"),
            ["-XAtq", "-c", "SELECT current_database()", cluster.dsn(database: #"a 'b' \c"#)]
        )
        #expect(database == #"a 'b' \c"#)
        try await cluster.destroy()
    }
}
