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
          then:
            now     New rows hold {from} and {to} alike; older ones get {to} from the backfill.

        backfill: Copies {from} into {to} for the rows that were there before, gives {to} the indexes of {from}, and \
        compares every row.
          backfill-column: copies the column in batches, each committed with its position
          copy-indexes: builds concurrent copies of the column's indexes
          analyze-table: vacuums and analyzes the table
          verify-columns: compares both columns in every row
          then:
            now     Both names work: {from} and {to} hold the same in every row, whichever of them a
                    statement writes. INSERT … ON CONFLICT ({from}) works until swap, ON CONFLICT ({to})
                    from swap on.
            deploy  A release that reads and writes {to}. Old releases keep on with {from} beside it, in any
                    mixture. Put new indexes, constraints, defaults or comments on {to} after swap only:
                    until then it is the column that goes.
            check   The new release's sessions are there. Those whose last statement has the new name:
                    SELECT application_name, count(*) FROM pg_stat_activity
                    WHERE query ~ ('\\m' || {'to'} || '\\M') AND pid <> pg_backend_pid() GROUP BY 1;

        swap: Exchanges the two names in one transaction, so that the original column with all that hangs on it is \
        {to}.
          swap-names: exchanges the names of the two columns in one transaction
          then:
            now     The original column, with all that hangs on it, is called {to}. {from} works until drop,
                    and writes that come by it alone are counted.
            deploy  The release that uses {to} alone; let the last one that uses {from} go.
            check   online-change evidence finds no late write, statement or session that uses {from}.

        drop: Drops the legacy column {from} and all that online-change installed. There is no way back from here.
          drop-column: drops the legacy column and what kept it equal
        """
}
