import Oracles
import Postgres
import TestSupport
import Testing

/// Whatever the table looks like: rolled back, it is as it was; finished, it is as after plain ALTER TABLE.
@Suite(.timeLimit(.minutes(20)))
struct RenameLifecycleTests {
    @Test(arguments: try await Shape.possible())
    func rollsBackAndFinishesLikePlainRename(shape: Shape) async throws {
        try await expectLifecycle(of: shape)
    }

    /// The tool in the hands of a role that owns the table and is nothing more.
    @Test(.database, arguments: try await Shape.possible().filter { Shape.fitForOwner.contains($0.name) })
    func ownerWithoutSuperuserCan(shape: Shape) async throws {
        try await withRole { role in
            let owned = shape.owned(by: role)
            try await expectLifecycle(of: owned) { database in
                try await database.run("GRANT CREATE ON DATABASE \(Identifier(database.name)) TO \(role)")
                return try await database.parameters(as: role)
            }
        }
    }

    /// - Parameter user: gives the parameters of the role that runs the tool, for the superuser's database.
    private func expectLifecycle(
        of shape: Shape,
        as user: (TestDatabase) async throws -> ConnectionParameters = { $0.parameters }
    ) async throws {
        try await withScratchDatabase { database in
            let rename = try await ShapeRename(shape, in: database, as: user(TestDatabase.current))
            try await rename.connection.script([shape.setup])
            let original = try await rename.state()
            for phase in ["backfill", "swap", "expand"] {
                try await rename.start(through: phase)
                if phase != "expand" { #expect(try await rename.differingRows() == 0, "after \(phase)") }
                try await rename.rollback()
                let back = try await rename.state()
                #expect(back.differences(from: original) == [], "rolled back from \(phase)")
                #expect(try await rename.leftovers() == [], "rolled back from \(phase)")
            }
            try await rename.start(through: "swap")
            try await rename.writeByEitherName()
            #expect(try await rename.differingRows() == 0, "after writes")
            try await rename.start(through: "drop")
            let finished = try await rename.state()
            #expect(try await rename.leftovers() == [], "finished")
            await rename.connection.close()
            let expected = try await plainlyRenamed(shape)
            // An INSERT by the name that follows takes a number of an identity before it is given its value.
            #expect(finished.differences(from: expected, ignoringSequences: true) == [], "finished")
        }
    }

    /// The same writes after plain ALTER TABLE, in a database of its own.
    private func plainlyRenamed(_ shape: Shape) async throws -> DatabaseState {
        var state: DatabaseState?
        try await withScratchDatabase { database in
            let plain = try await ShapeRename(shape, in: database)
            try await plain.connection.script([shape.setup])
            try await plain.renamePlainly()
            try await plain.writeByNewName()
            state = try await plain.state()
            await plain.connection.close()
        }
        return try #require(state)
    }
}

extension Shape {
    /// Shapes for which being the owner must be enough.
    fileprivate static let fitForOwner: Set = [
        "no primary key", "expression indexes with a statistics target", "row security policies", "column grants",
        "disabled, replica and always triggers", "domain with default, NOT NULL and CHECK", "identity ALWAYS",
        "statistics",
        "names: dollar signs",
    ]

    fileprivate func owned(by role: Identifier) -> Shape {
        Shape(
            name: name,
            table: table,
            from: from,
            to: to,
            setup: """
                \(setup);
                GRANT CREATE, USAGE ON SCHEMA \(table.schema) TO \(role); ALTER TABLE \(table) OWNER TO \(role)
                """,
            writes: writes,
            acknowledge: acknowledge
        )
    }
}
