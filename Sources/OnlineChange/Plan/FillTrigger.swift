import Postgres

/// The trigger that gives a column a value wherever a statement leaves it NULL.
///
/// It fires after the user's triggers, under replication too, and only for a row that would be stored with NULL: its
/// WHEN clause is false for all others. What the expression can't give stays NULL, for no statement of an application
/// may fail on it.
public struct FillTrigger: Codable, Hashable, Sendable {
    /// The table.
    public let table: QualifiedName
    /// The column that is filled.
    public let column: Identifier
    /// What it is filled with.
    public let expression: FillExpression
    /// The trigger's name.
    public let name: Identifier
    /// Whether the backfill's own updates must fire the server's triggers, which check foreign keys and deferrable keys.
    public let needsConstraintTriggers: Bool
    /// When a row needs filling: the null test of `NEW`.
    private let condition: SQL
    private let function: QualifiedName
    /// Whether it counts what it fills; nil in plans of releases that didn't.
    private let isCounting: Bool?

    /// Chooses a name that sorts after those of all other row triggers. Returns nil if there is none.
    init?(
        table: TableSnapshot,
        column: Column,
        expression: FillExpression,
        needsConstraintTriggers: Bool,
        isCounting: Bool,
        others: [Identifier]
    ) {
        guard let last = DualWrite.lastMark(others) else { return nil }
        self.table = table.name
        self.column = column.name
        self.expression = expression
        self.needsConstraintTriggers = needsConstraintTriggers
        self.isCounting = isCounting
        name = DualWrite.trigger("\(last)online_change \(column.name)", " fill")
        condition = column.isNull("NEW.")
        let stem = DualWrite.stem(table: table.name, replica: column.name, oid: table.oid)
        function = QualifiedName(schema: DualWrite.schema, name: Identifier(stem).shortened(appending: "_fill"))
    }

    /// Counts the writes that would have stored NULL; nil where the trigger is to stay for good, and nobody asks.
    var counter: WriteCounter? {
        guard isCounting == true else { return nil }
        let stem = Identifier(String(function.name.name.dropLast("_fill".count)))
        func object(_ suffix: String) -> QualifiedName {
            QualifiedName(schema: function.schema, name: stem.shortened(appending: suffix))
        }
        return WriteCounter(
            count: object("_filled_writes"),
            first: object("_filled_first"),
            last: object("_filled_last")
        )
    }

    /// What fills a row: the right side of SET.
    var assignment: SQL { "\(column) = \(expression.text)" }

    /// Creates the function; touches no table.
    ///
    /// The expression is evaluated over a row that has exactly the columns which it reads, each under its own name, so
    /// that the text means here what it means in an UPDATE. Names are quoted on both sides of AS, and a column that is
    /// called like a variable of the language (`new`, `found`) is the column. It runs as the table's owner with a
    /// search_path of its own: the application's roles need no right on what it calls, and theirs can't redirect it.
    var preparation: [SQL] {
        let columns = SQL.joined(expression.reads.map { "NEW.\($0) AS \($0)" })
        let row: SQL = expression.reads.isEmpty ? "" : " FROM (SELECT \(columns)) AS filled"
        let counting: SQL = counter.map { "\n  \($0.statements)" } ?? ""
        let body: SQL = """
            #variable_conflict use_column
            BEGIN\(counting)
              NEW.\(column) := (SELECT \(expression.text)\(row));
              RETURN NEW;
            EXCEPTION
              WHEN transaction_rollback THEN RAISE;
              WHEN OTHERS THEN RETURN NEW;
            END
            """
        return (counter?.creation ?? []) + [
            """
            CREATE OR REPLACE FUNCTION \(function)() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER \(FunctionSettings.pinned) AS \(literal: body.text)
            """,
            // Nobody puts it on a table of their own; firing needs no right.
            "REVOKE ALL ON FUNCTION \(function)() FROM PUBLIC",
        ]
    }

    /// Creates the trigger.
    var creation: [SQL] {
        [
            """
            CREATE OR REPLACE TRIGGER \(name) BEFORE INSERT OR UPDATE ON \(table) FOR EACH ROW
            WHEN (\(condition)) EXECUTE FUNCTION \(function)()
            """,
            "ALTER TABLE \(table) ENABLE ALWAYS TRIGGER \(name)",
        ]
    }

    /// Columns that the expression reads and that the table has no longer.
    func findings(in now: TableSnapshot) -> [Finding] {
        expression.reads.filter { now.column($0) == nil }.map { name in
            .refused(
                "column \(table).\(name)",
                "the fill expression reads it, and it was dropped or renamed since the change was planned",
                wayOut: "give it its name back, or roll the change back and start it with another expression"
            )
        }
    }

    /// Drops the trigger.
    var removal: [SQL] { ["DROP TRIGGER IF EXISTS \(name) ON \(table)"] }

    /// Drops what the trigger used.
    var cleanup: [SQL] { ["DROP FUNCTION IF EXISTS \(function)()"] + (counter?.removal ?? []) }
}

/// What NULLs become, as the server understood it.
public struct FillExpression: Codable, Hashable, Sendable {
    /// The expression, deparsed by the server with every name qualified that is not its own.
    public let text: SQL
    /// The columns that it reads.
    public let reads: [Identifier]
}

extension Column {
    /// Whether the column is NULL, as SQL. `IS NULL` asks more of a composite value: that each of its fields be NULL.
    func isNull(_ qualifier: SQL = "") -> SQL {
        baseTypeKind == "c" ? "pg_catalog.num_nulls(\(qualifier)\(name)) = 1" : "\(qualifier)\(name) IS NULL"
    }
}
