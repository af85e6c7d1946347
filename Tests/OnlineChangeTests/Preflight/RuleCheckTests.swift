import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database) struct RuleCheckTests {
    @Test("A rule that reads the column is refused until acknowledged; another rule is not")
    func rules() async throws {
        try await TestDatabase.current.run(
            """
            CREATE TABLE users (id int, name text); CREATE TABLE log (what text);
            CREATE RULE harmless AS ON DELETE TO users DO ALSO INSERT INTO log VALUES (OLD.id);
            CREATE RULE logged AS ON INSERT TO users DO ALSO INSERT INTO log VALUES (NEW.name)
            """
        )
        try await #expect(
            AskedRename().refusal() == """
                refused: rule logged: it reads name as statements write it: for a statement that writes only full_name it \
                sees NULL or the default until swap
                Nothing was changed.
                Replace the rule by a trigger; or, knowing this, add --acknowledge 'rule logged'
                """
        )
        try await AskedRename(acknowledged: ["rule logged"]).start(through: "expand")
    }
}
