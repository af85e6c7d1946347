import Testing

@testable import OnlineChange

struct RecipeDescriptionTests {
    @Test("The rename as `online-change recipes` explains it")
    func renameColumn() throws {
        try #expect(RecipeReader.builtIn("rename-column").description == Self.text)
    }

    private static let text = """
        rename-column
          Renames a column while old and new releases of the application are running. The column exists under both \
        names from the backfill until drop.

        Arguments
          table: the table, as schema.table or found through search_path
          from: the column's present name
          to: its new name

        expand: Adds {to} beside {from} and installs the triggers that keep the two equal.
          add-column: adds a nullable column of the same type, with the same storage and grants
          sync-columns: installs the dual-write triggers
          then: Nothing to deploy. New rows hold both names already; older ones get {to} from the backfill.

        backfill: Copies {from} into {to} for the rows that were there before, gives {to} the indexes of {from}, and \
        compares every row.
          backfill-column: copies the column in batches, each committed with its position
          copy-indexes: builds concurrent copies of the column's indexes
          analyze-table: vacuums and analyzes the table
          verify-columns: compares both columns in every row
          then: Deploy a release that reads and writes {to}. Old releases keep on with {from}: both names work, in \
        any mixture. INSERT … ON CONFLICT ({from}) works until swap, ON CONFLICT ({to}) from swap on. \
        Put new indexes, constraints, defaults or comments on {to} after swap only: until then it is the column \
        that goes.

        swap: Exchanges the two names in one transaction, so that the original column with all that hangs on it is \
        {to}.
          swap-names: exchanges the names of the two columns in one transaction
          then: Let the last release that uses {from} go. Until drop it keeps working, and its writes are counted.

        drop: Drops the legacy column {from} and all that online-change installed. There is no way back from here.
          drop-column: drops the legacy column and what kept it equal
        """
}
