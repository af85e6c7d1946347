import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// Two columns of one table are renamed at once.
@Suite(.timeLimit(.minutes(20)))
struct TwoChangesTests {
    /// What is done to which of the two changes: a phase to go through, or `rollback`.
    struct Order: Sendable, CustomStringConvertible {
        let steps: [(first: Bool, what: String)]

        init(_ steps: String...) {
            self.steps = steps.map { ($0.hasPrefix("1"), String($0.dropFirst(2))) }
        }

        var description: String { steps.map { "\($0.first ? 1 : 2) \($0.what)" }.joined(separator: ", ") }

        func finishes(first: Bool) -> Bool { steps.contains { $0.first == first && $0.what == "drop" } }
    }

    private static let orders: [Order] = [
        Order("1 backfill", "2 backfill", "1 swap", "2 swap", "1 drop", "2 drop"),
        Order("1 expand", "2 swap", "1 swap", "2 drop", "1 drop"),
        Order("1 expand", "2 drop", "1 drop"),
        Order("1 swap", "2 backfill", "1 rollback", "2 drop"),
        Order("1 backfill", "2 backfill", "2 rollback", "1 drop"),
        Order("1 swap", "2 swap", "1 rollback", "2 rollback"),
        Order("1 expand", "2 swap", "2 rollback", "1 rollback"),
    ]

    @Test(arguments: orders)
    func eachEndsAsIfAlone(order: Order) async throws {
        try await expect(order, first: ("name", "full_name"), second: ("code", "number"))
    }

    @Test(arguments: orders)
    func longNamesKeepApart(order: Order) async throws {
        let long = String(repeating: "x", count: 62)
        try await expect(order, first: ("name", Identifier(long + "1")), second: ("code", Identifier(long + "2")))
    }

    private func expect(
        _ order: Order,
        first: (from: Identifier, to: Identifier),
        second: (from: Identifier, to: Identifier)
    ) async throws {
        guard try await !Shape.possible().isEmpty else { return }
        let shapes = [shape(first), shape(second)]
        var expected: DatabaseState?
        try await withScratchDatabase { database in
            let plain = try await ShapeRename(shapes[0], in: database)
            let other = try await ShapeRename(shapes[1], in: database)
            try await plain.connection.script([shapes[0].setup])
            if order.finishes(first: true) { try await plain.renamePlainly() }
            if order.finishes(first: false) { try await other.renamePlainly() }
            expected = try await plain.state()
            await plain.connection.close()
            await other.connection.close()
        }
        try await withScratchDatabase { database in
            let renames = [
                try await ShapeRename(shapes[0], in: database), try await ShapeRename(shapes[1], in: database),
            ]
            try await renames[0].connection.script([shapes[0].setup])
            for (isFirst, what) in order.steps {
                let rename = renames[isFirst ? 0 : 1]
                if what == "rollback" {
                    try await rename.rollback()
                } else {
                    try await rename.start(through: what)
                }
            }
            let differences = try await renames[0].state().differences(from: #require(expected))
            #expect(differences == [])
            #expect(try await renames[0].leftovers() == [])
            for rename in renames { await rename.connection.close() }
        }
    }

    private func shape(_ names: (from: Identifier, to: Identifier)) -> Shape {
        Shape(
            name: "two changes",
            from: names.from,
            to: names.to,
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name text NOT NULL, code text, CHECK (code <> name));
                INSERT INTO item SELECT n, 'name ' || n, n::text FROM generate_series(1, 20) AS n;
                CREATE INDEX item_name ON item (lower(name)); CREATE UNIQUE INDEX item_code ON item (code DESC);
                CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                CREATE TRIGGER by_name BEFORE UPDATE OF name ON item FOR EACH ROW EXECUTE FUNCTION touch();
                CREATE TRIGGER by_code AFTER UPDATE OF id, code ON item FOR EACH ROW
                    WHEN (OLD.code <> NEW.code) EXECUTE FUNCTION touch();
                """
        )
    }
}
