import Postgres

/// The demo's tables: a column with all that commonly hangs on one.
enum DemoSchema {
    static let table = QualifiedName(schema: "public", name: "users")
    static let oldName: Identifier = "name"
    static let newName: Identifier = "full_name"

    /// What hangs on the column, for people.
    static let summary =
        "a unique constraint and an index on \(oldName), a foreign key that points at it, and a view that reads it"

    /// Makes the tables in an empty database, with this many users and an order of every tenth.
    static func create(on connection: Connection, rows: Int) async throws {
        for statement in statements(rows: rows) {
            try await connection.run(Query(statement))
        }
    }

    // Rows first and indexes after them, as a restored dump would: it is twice as fast.
    private static func statements(rows: Int) -> [SQL] {
        [
            """
            CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, email text,
                created_at timestamptz NOT NULL DEFAULT now())
            """,
            """
            INSERT INTO users (id, name, email)
            SELECT g, 'User ' || g, 'user.' || g || '@example.org' FROM generate_series(1, \(rows)) AS g
            """,
            "ALTER TABLE users ADD CONSTRAINT users_name_key UNIQUE (name)",
            "CREATE INDEX users_lower_name ON users (lower(name))",
            "CREATE TABLE orders (id bigint PRIMARY KEY, customer text NOT NULL, placed_on date)",
            """
            INSERT INTO orders (id, customer, placed_on)
            SELECT g, 'User ' || g, current_date FROM generate_series(10, \(rows), 10) AS g
            """,
            "CREATE INDEX orders_customer ON orders (customer)",
            """
            ALTER TABLE orders ADD CONSTRAINT orders_customer_fkey FOREIGN KEY (customer) REFERENCES users (name)
                ON UPDATE CASCADE ON DELETE CASCADE
            """,
            "CREATE VIEW customers AS SELECT DISTINCT u.id, u.name FROM users AS u JOIN orders ON customer = u.name",
            "VACUUM (ANALYZE) users, orders",
        ]
    }
}
