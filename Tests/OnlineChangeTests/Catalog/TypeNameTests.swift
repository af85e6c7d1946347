import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database) struct TypeNameTests {
    @Test(
        "What people write is compared with what the server writes",
        arguments: [
            ("int8", "bigint", true), ("INT", "integer", true), ("varchar( 20 )", "character varying(20)", true),
            ("varchar(20)", "character varying(21)", false), ("text", "character varying", false),
            ("timestamp(3) with time zone", "timestamp(3) with time zone", true), ("int[]", "integer[]", true),
            ("nosuch", "integer", false),
        ]
    )
    func same(written: String, stored: String, isSame: Bool) async throws {
        let session = try await Session.open(TestDatabase.current.parameters)
        try await #expect(TypeName(written).isSame(as: stored, on: session) == isSame)
        await session.close()
    }
}
