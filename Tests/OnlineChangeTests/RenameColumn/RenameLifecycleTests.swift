import Postgres
import TestSupport
import Testing

/// Whatever the table looks like: rolled back, it is as it was; finished, it is as after plain ALTER TABLE.
@Suite(.timeLimit(.minutes(5)))
struct RenameLifecycleTests {
    @Test(arguments: try await Shape.possible())
    func rollsBackAndFinishesLikePlainRename(shape: Shape) async throws {
        try await withScratchDatabase { database in
            let rename = try await ShapeRename(shape, in: database)
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
            #expect(finished.differences(from: expected) == [], "finished")
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
