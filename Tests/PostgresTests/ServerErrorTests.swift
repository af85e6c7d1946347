import Postgres
import Testing

struct ServerErrorTests {
    @Test
    func describesItself() {
        let bare = ServerError(state: "42P01", message: "relation \"t\" does not exist")
        #expect(bare.description == #"relation "t" does not exist [42P01]"#)
        let full = ServerError(
            state: .uniqueViolation,
            message: "duplicate key",
            detail: "Key (id)=(1) already exists.",
            hint: "Take another.",
            context: "PL/pgSQL function f() line 1"
        )
        #expect(
            full.description == """
                duplicate key [23505]
                detail: Key (id)=(1) already exists.
                hint: Take another.
                """
        )
    }

    @Test
    func isMatchedByItsState() {
        let error = PostgresError.server(ServerError(state: "55P03", message: ""))
        switch error.state {
        case .lockNotAvailable: break
        default: Issue.record("\(error) is not matched")
        }
        #expect(PostgresError.cancelled.state == nil)
    }

    @Test(
        arguments: [
            (.server(ServerError(state: "23505", message: "duplicate key")), "duplicate key [23505]"),
            (.cannotConnect("no route"), "cannot connect to the server: no route"),
            (.connectionLost("reset"), "the connection to the server was lost: reset"),
            (.cancelled, "cancelled"),
            (.decoding("2 rows"), "unexpected result: 2 rows"),
        ] as [(PostgresError, String)]
    )
    func everyErrorDescribesItself(error: PostgresError, description: String) {
        #expect(error.description == description)
    }
}
