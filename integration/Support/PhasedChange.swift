import OnlineChange
import Postgres

/// A change of `public.item` and what applications write while it is made.
struct PhasedChange: Sendable, CustomStringConvertible {
    let description: String
    let recipe: String
    let columns: [String: String]
    var texts: [String: String] = [:]
    var options = PlanningOptions()
    /// What makes the table, beside rows 1 to 20.
    var setup: SQL = "CREATE TABLE item (id int PRIMARY KEY, name text, secret text)"
    /// The column that, beside the key, the application's role may write and read.
    let column: Identifier = "name"
    /// Values for the column, as SQL.
    let values: [SQL]

    static let all: [PhasedChange] = [
        PhasedChange(
            description: "rename-column of a text",
            recipe: "rename-column",
            columns: ["from": "name", "to": "title"],
            values: ["'a'", "NULL", "'b'"]
        ),
        PhasedChange(
            description: "rename-column of a domain",
            recipe: "rename-column",
            columns: ["from": "name", "to": "title"],
            setup: """
                CREATE DOMAIN short AS pg_catalog.varchar(5);
                CREATE TABLE item (id int PRIMARY KEY, name short, secret text)
                """,
            values: ["'a'", "NULL", "'b'"]
        ),
        PhasedChange(
            description: "rename-column of a numeric",
            recipe: "rename-column",
            columns: ["from": "name", "to": "title"],
            setup: "CREATE TABLE item (id int PRIMARY KEY, name numeric, secret text)",
            values: ["1.0", "1.00", "NULL"]
        ),
        PhasedChange(
            description: "change-type of an int to bigint",
            recipe: "change-type",
            columns: ["column": "name"],
            texts: ["type": "bigint"],
            setup: "CREATE TABLE item (id int PRIMARY KEY, name int, secret text)",
            values: ["1", "NULL", "2"]
        ),
        PhasedChange(
            description: "change-type of a text to int with functions",
            recipe: "change-type",
            columns: ["column": "name"],
            texts: ["type": "int", "using": "public.parsed(name)", "reverse": "name::pg_catalog.text"],
            setup: """
                CREATE FUNCTION parsed(t text) RETURNS int LANGUAGE sql IMMUTABLE
                  RETURN CASE WHEN t ~ '^[0-9]{1,8}$' THEN t::int END;
                REVOKE ALL ON FUNCTION parsed(text) FROM PUBLIC;
                CREATE TABLE item (id int PRIMARY KEY, name text, secret text)
                """,
            values: ["'1'", "NULL", "'22'"]
        ),
        PhasedChange(
            description: "add-not-null with a fill",
            recipe: "add-not-null",
            columns: ["column": "name"],
            texts: ["fill": "public.filler(secret)"],
            setup: """
                CREATE FUNCTION filler(t text) RETURNS text LANGUAGE sql IMMUTABLE RETURN upper(coalesce(t, 'none')) || '!';
                REVOKE ALL ON FUNCTION filler(text) FROM PUBLIC;
                CREATE TABLE item (id int PRIMARY KEY, name text, secret text)
                """,
            values: ["'a'", "NULL", "'b'"]
        ),
        PhasedChange(
            description: "add-not-null without a fill",
            recipe: "add-not-null",
            columns: ["column": "name"],
            values: ["'a'", "'c'", "'b'"]
        ),
    ]

    /// Those that a run tries: by trigger, by converting functions, by a fill.
    static let tried = Torture.of(part: [all[0], all[4], all[5]], whole: all)

    var request: ChangeRequest {
        get throws {
            ChangeRequest(
                recipe: try RecipeReader.builtIn(recipe),
                table: "public.item",
                columns: columns,
                texts: texts,
                name: "the-change",
                options: options
            )
        }
    }

    /// The name by which an application reads the column once the phase is reached.
    private func name(after phase: String) -> Identifier {
        guard let later = columns["to"], phase == "drop" else { return column }
        return Identifier(later)
    }

    /// Statements of an application that may use nothing but `id` and the column.
    func statements(after phase: String) -> [SQL] {
        let name = name(after: phase)
        // In the end the server refuses NULL, as was asked for.
        let values = recipe == "add-not-null" && phase == "drop" ? values.filter { $0.text != "NULL" } : values
        return values.enumerated().flatMap { place, value -> [SQL] in
            let key = 100 + place
            return [
                "INSERT INTO public.item (id, \(name)) VALUES (\(key), \(value))",
                "UPDATE public.item SET \(name) = \(value) WHERE id OPERATOR(pg_catalog.<) 4",
                "UPDATE public.item SET \(name) = \(value) WHERE id OPERATOR(pg_catalog.=) \(key)",
                "SELECT id, \(name) FROM public.item WHERE id OPERATOR(pg_catalog.<) 6",
                """
                INSERT INTO public.item (id, \(name)) VALUES (\(key), \(value))
                ON CONFLICT (id) DO UPDATE SET \(name) = excluded.\(name)
                """,
                "DELETE FROM public.item WHERE id OPERATOR(pg_catalog.=) \(key)",
            ]
        }
    }
}
