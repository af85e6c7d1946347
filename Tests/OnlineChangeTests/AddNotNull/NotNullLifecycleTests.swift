import Oracles
import Postgres
import TestSupport
import Testing

/// Whatever the table looks like: rolled back, its schema is as it was; finished, it is as after plain DDL.
@Suite(.timeLimit(.minutes(20)))
struct NotNullLifecycleTests {
    @Test(arguments: try await NotNullShape.possible())
    func rollsBackAndFinishesLikePlainDDL(shape: NotNullShape) async throws {
        try await expectLifecycle(of: shape)
    }

    /// The tool in the hands of a role that owns the table and is nothing more.
    @Test(.database, arguments: try await NotNullShape.possible().filter { Self.fitForOwner.contains($0.name) })
    func ownerWithoutSuperuserCan(shape: NotNullShape) async throws {
        try await withRole { role in
            var owned = shape
            owned.nulls = """
                \(shape.nulls);
                GRANT CREATE, USAGE ON SCHEMA \(shape.table.schema) TO \(role); ALTER TABLE \(shape.table) OWNER TO \(role)
                """
            try await expectLifecycle(of: owned) { database in
                try await database.run("GRANT CREATE ON DATABASE \(Identifier(database.name)) TO \(role)")
                return try await database.parameters(as: role)
            }
        }
    }

    private static let fitForOwner: Set = [
        "primary key, constant", "nothing to fill", "enum", "BEFORE triggers that set NULL", "names of 63 bytes",
        "a valid check proves it", "columns called like variables of the language",
    ]

    private func expectLifecycle(
        of shape: NotNullShape,
        as user: (TestDatabase) async throws -> ConnectionParameters = { $0.parameters }
    ) async throws {
        try await withScratchDatabase { database in
            let change = try await NotNullChange(shape, in: database, as: user(TestDatabase.current))
            try await change.connection.script([shape.setup])
            for phase in ["backfill", "swap", "expand"] {
                try await change.connection.script([shape.nulls])
                let original = try await change.state()
                try await change.start(through: phase)
                if phase != "expand" { #expect(try await change.nulls() == 0, "after \(phase)") }
                try await change.rollback()
                let back = try await change.state()
                #expect(back.portrait.differences(from: original.portrait) == [], "rolled back from \(phase)")
                #expect(try await change.leftovers() == [], "rolled back from \(phase)")
            }
            try await change.connection.script([shape.nulls])
            try await change.start(through: "swap")
            for statement in shape.writes { try await change.run(statement) }
            try await change.start(through: "drop")
            let finished = try await change.state()
            #expect(try await change.leftovers() == [], "finished")
            #expect(try await change.nulls() == 0)
            await change.connection.close()
            let expected = try await plainlyChanged(shape)
            #expect(finished.portrait.differences(from: expected.portrait) == [], "finished")
            if shape.isRepeatable { #expect(finished.differences(from: expected) == [], "finished") }
        }
    }

    /// The same writes, then plain DDL, in a database of its own.
    private func plainlyChanged(_ shape: NotNullShape) async throws -> DatabaseState {
        var state: DatabaseState?
        try await withScratchDatabase { database in
            let plain = try await NotNullChange(shape, in: database)
            try await plain.connection.script([shape.setup])
            try await plain.connection.script([shape.nulls])
            for statement in shape.writes { try await plain.run(statement) }
            try await plain.changePlainly()
            state = try await plain.state()
            await plain.connection.close()
        }
        return try #require(state)
    }
}
