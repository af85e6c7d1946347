import Postgres

extension PropertyChange {
    private static let person: SQL = "TABLE app.person"
    private static let visit: SQL = "TABLE app.visit"
    private static let whose: SQL = "CONSTRAINT whose FOREIGN KEY (person) REFERENCES app.person (id)"

    static let constraintsAndIndexes: [PropertyChange] = [
        .altering(
            person,
            "constraints",
            "RENAME CONSTRAINT plausible TO possible",
            "RENAME CONSTRAINT possible TO plausible"
        ),
        .altering(
            person,
            "constraints",
            "DROP CONSTRAINT plausible, ADD CONSTRAINT plausible CHECK (age < 201)",
            "DROP CONSTRAINT plausible, ADD CONSTRAINT plausible CHECK (age < 200)"
        ),
        .altering(
            person,
            "constraints",
            "DROP CONSTRAINT plausible, ADD CONSTRAINT plausible CHECK (age < 200) NOT VALID",
            "VALIDATE CONSTRAINT plausible"
        ),
        .altering(
            "TABLE app.note",
            "constraints",
            "DROP CONSTRAINT small, ADD CONSTRAINT small CHECK (a < 9) NO INHERIT",
            "DROP CONSTRAINT small, ADD CONSTRAINT small CHECK (a < 9)"
        ),
        .altering(visit, "constraints", "ALTER CONSTRAINT whose DEFERRABLE", "ALTER CONSTRAINT whose NOT DEFERRABLE"),
        .altering(
            visit,
            "constraints",
            "DROP CONSTRAINT whose, ADD \(whose) ON DELETE CASCADE",
            "DROP CONSTRAINT whose, ADD \(whose)"
        ),
        .altering(
            visit,
            "internal triggers",
            "DROP CONSTRAINT whose, ADD \(whose) ON DELETE CASCADE",
            "DROP CONSTRAINT whose, ADD \(whose)"
        ),
        .altering(
            visit,
            "constraints",
            "ALTER CONSTRAINT whose NOT ENFORCED",
            "ALTER CONSTRAINT whose ENFORCED",
            since: 180_000
        ),
        .altering(visit, "internal triggers", "DISABLE TRIGGER ALL", "ENABLE TRIGGER ALL"),
        .altering(
            "DOMAIN app.short",
            "constraints",
            "RENAME CONSTRAINT is_short TO brief",
            "RENAME CONSTRAINT brief TO is_short"
        ),
        .altering("INDEX app.person_age", "indexes", "SET (fillfactor = 80)", "RESET (fillfactor)"),
        .altering(
            "INDEX app.person_name",
            "indexes",
            "ALTER COLUMN 1 SET STATISTICS 9",
            "ALTER COLUMN 1 SET STATISTICS -1"
        ),
        .altering(person, "indexes", "CLUSTER ON person_age", "SET WITHOUT CLUSTER"),
        PropertyChange(
            "indexes",
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'app.person_age'::regclass",
            undo: "UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'app.person_age'::regclass"
        ),
        .recreatingNote("CREATE UNIQUE INDEX note_a ON app.note (a)"),
        .recreatingNote("CREATE UNIQUE INDEX note_a ON app.note (a) NULLS NOT DISTINCT", since: 150_000),
        .recreatingNote("CREATE INDEX note_a ON app.note (a DESC)"),
        .recreatingNote("CREATE INDEX note_a ON app.note USING hash (a)"),
        .recreatingNote("CREATE INDEX note_a ON app.note (a) INCLUDE (b)"),
        .recreatingNote("CREATE INDEX note_a ON app.note (a) WHERE a > 0"),
    ]

    private static func recreatingNote(_ statement: SQL, since: Int = 140_000) -> PropertyChange {
        PropertyChange(
            "indexes",
            "DO 'BEGIN DROP INDEX app.note_a; \(statement); END'",
            undo: "DO 'BEGIN DROP INDEX app.note_a; CREATE INDEX note_a ON app.note (a); END'",
            since: since
        )
    }
}
