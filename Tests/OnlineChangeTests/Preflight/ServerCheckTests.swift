import Foundation
import Postgres
import TestSupport
import Testing
import ThrowawayPostgres

@testable import OnlineChange

struct ServerCheckTests {
    @Test("A standby is refused")
    func standby() async throws {
        let cluster = try await ThrowawayCluster.start()
        let parameters = ConnectionParameters(conninfo: cluster.dsn())
        let connection = try await Connection.open(parameters)
        try await connection.run("CREATE TABLE users (name text)")
        // The server itself writes the file that makes it a standby when it starts again.
        try await connection.run("COPY (SELECT) TO PROGRAM 'cat > standby.signal'")
        await connection.close()
        try await cluster.restart()

        let request = ChangeRequest(
            recipe: try RecipeReader.builtIn("rename-column"),
            table: "users",
            columns: ["from": "name", "to": "full_name"]
        )
        await #expect(
            throws: Failure(
                .refused,
                "server: it is a standby and can't be written to",
                left: "Nothing was changed.",
                next: "Connect to the primary, or add target_session_attrs=read-write to a multi-host --dsn."
            )
        ) {
            try await Runner(parameters: parameters) { _ in }.start(request, through: "expand")
        }
        try await cluster.destroy()
    }

    @Test(
        "Versions that lack what a plan needs or that corrupt indexes are refused",
        .disabled(if: ProcessInfo.processInfo.environment["ONLINE_CHANGE_EARLY_14"] != nil, "early ones are allowed"),
        arguments: [
            (13_00_21, "server: it is version 13.21; TID range scans came with 14: Upgrade the server to 14 or newer."),
            (
                14_00_03,
                "server: CREATE INDEX CONCURRENTLY of 14.3 can build a corrupt index (mended in 14.4): "
                    + "Upgrade the server to the newest 14 first."
            ),
            (14_00_04, ""), (18_00_00, ""),
        ]
    )
    func versions(version: Int, expected: String) {
        var facts = Fixture.facts
        facts.version = version
        let findings = ServerCheck.findings(Fixture.subject(facts: facts))
        #expect(findings.map { "\($0.object): \($0.message): \($0.wayOut ?? "")" }.joined() == expected)
        #expect(findings.allSatisfy { $0.consequence == .refused })
    }
}
