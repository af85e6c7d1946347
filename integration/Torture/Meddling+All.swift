import OnlineChange
import Postgres

extension Meddling {
    private static func columnsAre(_ names: String...) -> SQL {
        """
        SELECT (SELECT array_agg(attname::text ORDER BY attname::text) FROM pg_attribute
          WHERE attrelid = 'public.item'::regclass AND attnum > 0 AND NOT attisdropped)
          = \(literal: "{\((["id", "filler"] + names).sorted().joined(separator: ","))}")::text[]
        """
    }

    private static let untouched = columnsAre("name", "number", "city")
    private static let renamed: SQL =
        "SELECT count(*) = 400 FROM public.item WHERE full_name = 'name ' || id"

    /// Columns renamed or dropped.
    static let columns: [Meddling] = [
        Meddling(
            kind: .rename,
            phase: "backfill",
            statements: "ALTER TABLE item RENAME full_name TO x",
            advance: .fails(.refused, "column public.item.full_name: it was dropped or renamed"),
            rollback: .fails(.refused, "column public.item.full_name is called x now"),
            mend: "ALTER TABLE item RENAME x TO full_name",
            holds: untouched
        ),
        Meddling(
            kind: .rename,
            phase: "swap",
            statements: "ALTER TABLE item RENAME full_name TO x",
            advance: .fails(.refused, "it is gone or was renamed"),
            rollback: .fails(.refused, "column public.item.full_name is called x now"),
            mend: "ALTER TABLE item RENAME x TO full_name",
            holds: untouched
        ),
        Meddling(
            kind: .rename,
            phase: "swap",
            statements: "ALTER TABLE item RENAME name TO x",
            advance: .fails(.refused, "column public.item.name: it was dropped or renamed"),
            rollback: .fails(.refused, "column public.item.name is called x now"),
            mend: "ALTER TABLE item RENAME x TO name",
            holds: untouched
        ),
        Meddling(
            kind: .rename,
            phase: "backfill",
            statements: "ALTER TABLE item DROP COLUMN full_name CASCADE",
            advance: .fails(.refused, "column public.item.full_name: it was dropped or renamed"),
            holds: untouched
        ),
        // What is left is the only column that holds the names.
        Meddling(
            kind: .rename,
            phase: "backfill",
            statements: "ALTER TABLE item DROP COLUMN name CASCADE",
            advance: .fails(.refused, "column public.item.name: it is gone or was renamed"),
            holds: renamed,
            isInPart: true
        ),
        Meddling(
            kind: .rename,
            phase: "swap",
            statements: "ALTER TABLE item DROP COLUMN full_name CASCADE",
            advance: .fails(.refused, "it is gone or was renamed"),
            holds: "SELECT count(*) = 400 FROM public.item WHERE name = 'name ' || id"
        ),
        // Someone did by hand what drop would have done.
        Meddling(
            kind: .rename,
            phase: "swap",
            statements: "ALTER TABLE item DROP COLUMN name CASCADE",
            advance: .done,
            rollback: .fails(.refused, "nothing to go back to"),
            holds: renamed,
            isInPart: true
        ),
        Meddling(
            kind: .rename,
            phase: "swap",
            statements: "ALTER TABLE item DROP COLUMN name CASCADE, ADD COLUMN name text DEFAULT 'precious'",
            advance: .fails(.refused, "it is another one than the change keeps equal"),
            rollback: .fails(.refused, "nothing to go back to"),
            mend: "ALTER TABLE item RENAME name TO kept",
            endsForward: true,
            holds: "SELECT count(*) = 400 FROM public.item WHERE kept = 'precious' AND full_name = 'name ' || id"
        ),
        Meddling(
            kind: .changeType,
            phase: "backfill",
            statements: "ALTER TABLE item RENAME number_new TO x",
            advance: .fails(.refused, "column public.item.number_new: it was dropped or renamed"),
            rollback: .fails(.refused, "column public.item.number_new is called x now"),
            mend: "ALTER TABLE item RENAME x TO number_new",
            holds: untouched
        ),
        Meddling(
            kind: .changeType,
            phase: "swap",
            statements: "ALTER TABLE item RENAME number_old TO x",
            advance: .fails(.refused, "it is gone or was renamed"),
            rollback: .fails(.refused, "column public.item.number_old is called x now"),
            mend: "ALTER TABLE item RENAME x TO number_old",
            holds: untouched
        ),
        Meddling(
            kind: .changeType,
            phase: "swap",
            statements: "ALTER TABLE item DROP COLUMN number_old CASCADE",
            advance: .done,
            rollback: .fails(.refused, "nothing to go back to"),
            holds: "SELECT count(*) = 400 FROM public.item WHERE number = id"
        ),
        Meddling(
            kind: .changeType,
            phase: "swap",
            statements: "ALTER TABLE item DROP COLUMN number CASCADE",
            advance: .fails(.refused, "column public.item.number: it was dropped or renamed"),
            holds: "SELECT count(*) = 400 FROM public.item WHERE number_old = id",
            isInPart: true
        ),
        Meddling(
            kind: .changeType,
            phase: "backfill",
            statements: "ALTER TABLE item DROP COLUMN number CASCADE",
            advance: .fails(.refused, "it is gone or was renamed"),
            holds: "SELECT count(*) = 400 FROM public.item WHERE number_new = id"
        ),
        Meddling(
            kind: .addNotNull,
            phase: "backfill",
            statements: "ALTER TABLE item DROP COLUMN city CASCADE",
            advance: .fails(.refused, "it is gone or was renamed"),
            holds: columnsAre("name", "number")
        ),
        Meddling(
            kind: .addNotNull,
            phase: "swap",
            statements: "ALTER TABLE item RENAME city TO x",
            advance: .fails(.refused, "it is gone or was renamed"),
            rollback: .fails(.refused, "column public.item.city is called x now"),
            mend: "ALTER TABLE item RENAME x TO city",
            holds: untouched
        ),
        Meddling(
            kind: .addNotNull,
            phase: "swap",
            statements: "ALTER TABLE item ALTER city DROP NOT NULL",
            advance: .fails(.refused, "column public.item.city can hold NULL"),
            holds: untouched,
            isInPart: true
        ),
    ]

    /// Tables renamed, moved, replaced and emptied.
    static let tables: [Meddling] =
        NeighbourChange.Kind.allCases.flatMap { kind in
            ["expand", "swap"].map { phase in
                Meddling(
                    kind: kind,
                    phase: phase,
                    statements: "ALTER TABLE item RENAME TO other",
                    advance: .fails(.refused, "table public.item is called public.other now"),
                    rollback: .fails(.refused, "table public.item is called public.other now"),
                    mend: "ALTER TABLE other RENAME TO item",
                    holds: untouched
                )
            }
        } + [
            Meddling(
                kind: .rename,
                phase: "backfill",
                statements: """
                    ALTER TABLE item RENAME TO other;
                    CREATE TABLE item (id int, name text, full_name text); INSERT INTO item VALUES (1, 'a', 'precious')
                    """,
                advance: .fails(.refused, "another table has its name"),
                rollback: .fails(.refused, "another table has its name"),
                mend: "ALTER TABLE item RENAME TO stranger; ALTER TABLE other RENAME TO item",
                holds: "SELECT full_name = 'precious' FROM stranger",
                isInPart: true
            ),
            Meddling(
                kind: .changeType,
                phase: "backfill",
                statements: "CREATE SCHEMA elsewhere; ALTER TABLE item SET SCHEMA elsewhere",
                advance: .fails(.refused, "table public.item is called elsewhere.item now"),
                rollback: .fails(.refused, "table public.item is called elsewhere.item now"),
                mend: "ALTER TABLE elsewhere.item SET SCHEMA public",
                holds: untouched
            ),
            Meddling(
                kind: .rename,
                phase: "backfill",
                statements: "TRUNCATE item; INSERT INTO item (id, full_name) VALUES (1, 'a')",
                advance: .done,
                holds: "SELECT full_name = 'a' FROM public.item"
            ),
            Meddling(
                kind: .changeType,
                phase: "expand",
                statements: "TRUNCATE item; INSERT INTO item (id, number) VALUES (1, 7)",
                advance: .done,
                holds: "SELECT number = 7 FROM public.item"
            ),
        ]

    /// What the change itself has put there.
    static let ours: [Meddling] =
        NeighbourChange.Kind.allCases.flatMap { kind in
            [
                "ALTER TABLE item DISABLE TRIGGER ALL",
                """
                DO $$ DECLARE f regprocedure; BEGIN
                  FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'online_change'::regnamespace LOOP
                    EXECUTE format('DROP FUNCTION %s CASCADE', f);
                  END LOOP; END $$
                """,
            ].map { statements in
                Meddling(
                    kind: kind,
                    phase: "backfill",
                    statements: statements,
                    advance: .fails(.refused, "and it was dropped or disabled"),
                    holds: untouched
                )
            }
        } + [
            Meddling(
                kind: .rename,
                phase: "backfill",
                statements: """
                    DO $$ DECLARE i regclass; BEGIN
                      FOR i IN SELECT indexrelid FROM pg_index WHERE indexrelid::regclass::text LIKE '%copy%' LOOP
                        EXECUTE format('DROP INDEX %s', i);
                      END LOOP; END $$
                    """,
                advance: .done,
                holds: renamed
            )
        ]
}
