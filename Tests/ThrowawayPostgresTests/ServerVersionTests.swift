import Testing

@testable import ThrowawayPostgres

struct ServerVersionTests {
    @Test(arguments: [
        ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "15.18"),
        ("postgres (PostgreSQL) 18beta1", "18beta1"),
        ("postgres (PostgreSQL) 17rc1 (Ubuntu 17~rc1-1.pgdg24.04+1)", "17rc1"),
        ("postgres (PostgreSQL) 19devel", "19devel"),
        ("postgres (PostgreSQL) 16alpha2", "16alpha2"),
        ("postgres (PostgreSQL) 18.0", "18.0"),
        ("postgres (PostgreSQL) 9.6.24", "9.6"),
        ("postgres (EnterpriseDB) 15.4.0", "15.4"),
        ("postgres (PostgreSQL) 14", "14.0"),
    ])
    func readsWhatServersPrint(line: String, version: String) {
        #expect(ServerVersion(parsing: line)?.description == version)
    }

    @Test(arguments: ["", "postgres (PostgreSQL)", "sh: postgres: not found", "postgres (PostgreSQL) devel"])
    func refusesOtherText(line: String) {
        #expect(ServerVersion(parsing: line) == nil)
    }

    @Test func previewsAreOlderThanTheirReleaseAndNewerThanTheLastOne() {
        let lines = ["9.6.24", "15.9", "15.18", "18devel", "18alpha9", "18beta1", "18beta2", "18rc1", "18.0", "18.1"]
        let versions = lines.compactMap { ServerVersion(parsing: "postgres (PostgreSQL) \($0)") }
        #expect(versions.count == lines.count)
        #expect(versions.reversed().sorted() == versions)
    }
}
