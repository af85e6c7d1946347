import Postgres

extension TypeShape {
    /// Objects that compare by operators of another schema, which the server doesn't print.
    static let hiddenOperators: [TypeShape] = [
        TypeShape(
            name: "operators that aren't printed, in another schema",
            setup: "\(elsewhere); \(kept); \(remade())",
            before: "\(path); \(drop)",
            after: remade(),
            acknowledge: ["constraint unproven on public.item"],
            extensions: ["citext", "hstore"]
        ),
        TypeShape(
            name: "a type that brings such operators",
            column: "name",
            type: "\"my types\".citext",
            setup: "\(bringing("text")); \(kept); \(remade("::text"))",
            before: "\(path); \(drop)",
            after: remade("::text"),
            extensions: ["citext", "hstore"]
        ),
        TypeShape(
            name: "a type that takes them away",
            column: "name",
            type: "text",
            setup: "\(bringing("\"my types\".citext")); \(kept); \(remade())",
            before: "\(path); \(drop)",
            after: remade(),
            acknowledge: ["constraint unproven on public.item"],
            extensions: ["citext", "hstore"]
        ),
        TypeShape(
            name: "operators of the old type by name",
            column: "name",
            type: "text",
            setup: """
                CREATE EXTENSION citext; CREATE TABLE item (id int PRIMARY KEY, name citext CHECK (name >= 'a'));
                INSERT INTO item SELECT g, 'name ' || g FROM generate_series(1, 9) g;
                CREATE INDEX above ON item (id) WHERE name > 'name 5'
                """,
            extensions: ["citext"]
        ),
    ]

    /// Indexes whose expressions bear the column's name.
    static let namedExpressions: [TypeShape] = [
        TypeShape(
            name: "index expressions named after the column",
            setup: """
                CREATE TABLE item (id int, value int, other int); INSERT INTO item SELECT g, g, g FROM generate_series(1, 9) g;
                CREATE INDEX converted ON item ((value::numeric), value, (value::text), other);
                CREATE UNIQUE INDEX once ON item ((value::numeric), value); ALTER TABLE item RENAME other TO another
                """
        ),
        TypeShape(
            name: "index expressions with a collation",
            type: "varchar(60)",
            setup: """
                CREATE TABLE item (id int, value text); INSERT INTO item SELECT g, g FROM generate_series(1, 9) g;
                CREATE INDEX collated ON item ((value COLLATE "C"), value COLLATE "POSIX", ((value COLLATE "C")::bytea));
                """,
            allowsLoss: true
        ),
    ]

    private static let types: SQL = """
        CREATE SCHEMA "my types"; CREATE EXTENSION citext SCHEMA "my types"; CREATE EXTENSION hstore SCHEMA "my types"
        """

    private static let path: SQL = "SET search_path = public, \"my types\""

    private static let elsewhere: SQL = """
        \(types);
        CREATE TABLE item (id int PRIMARY KEY, value int, name "my types".citext, tags "my types".hstore);
        INSERT INTO item SELECT g, g, 'Name ' || g, 'a=>1' FROM generate_series(1, 20) g;
        CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'
        """

    /// Sessions look names up in the types' schema too, as the user's of such a type do.
    private static func bringing(_ type: SQL) -> SQL {
        """
        \(types);
        DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, "my types"', current_database()); END$$;
        CREATE TABLE item (id int PRIMARY KEY, value int, name \(type), tags "my types".hstore);
        INSERT INTO item SELECT g, g, 'Name ' || g, 'a=>1' FROM generate_series(1, 20) g;
        CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'
        """
    }

    /// What the plain ALTER carries.
    private static let kept: SQL = """
        \(path);
        CREATE INDEX computed ON item (value, name, (nullif(name, 'none'))) WHERE tags IS DISTINCT FROM 'a=>2';
        CREATE INDEX cased ON item ((CASE name WHEN 'a' THEN value ELSE 2 END));
        ALTER TABLE item ADD CONSTRAINT odd CHECK (value > 0 OR name IS DISTINCT FROM 'X'),
          ADD CONSTRAINT unproven CHECK (value > 0 OR nullif(name, 'y') IS NOT NULL) NOT VALID;
        CREATE STATISTICS together ON value, name, (nullif(name, 'x')) FROM item;
        RESET search_path
        """

    /// What it doesn't.
    ///
    /// - Parameter cast: what makes literals be of the type that the column has at first, as the server prints them.
    private static func remade(_ cast: SQL = "::\"my types\".citext") -> SQL {
        """
            \(path);
            CREATE TRIGGER touched BEFORE UPDATE OF value, name ON item FOR EACH ROW
              WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.tags IS DISTINCT FROM NEW.tags) EXECUTE FUNCTION nothing();
            CREATE TRIGGER grown AFTER INSERT OR UPDATE ON item FOR EACH ROW
              WHEN (NEW.value > 5 AND CASE NEW.name WHEN 'a'\(cast) THEN true ELSE false END) EXECUTE FUNCTION nothing();
            CREATE POLICY mine ON item USING (value > 0 AND name IS DISTINCT FROM 'x'\(cast)
              AND (SELECT count(*) FROM pg_class WHERE item.name IS DISTINCT FROM 'z'\(cast)) > 0);
            CREATE VIEW near AS SELECT name, a.value, b.value AS other, nullif(a.tags, 'b=>1') AS tags
              FROM item a JOIN item b USING (name);
            CREATE VIEW far AS SELECT CASE name WHEN 'a'\(cast) THEN value ELSE 0 END AS x FROM near WHERE tags IS DISTINCT FROM 'c=>1';
            RESET search_path
        """
    }

    private static let drop: SQL = """
        DROP VIEW far, near; DROP POLICY mine ON item; DROP TRIGGER touched ON item; DROP TRIGGER grown ON item
        """
}
