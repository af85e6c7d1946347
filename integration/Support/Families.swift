import Postgres
import Synchronization

/// Clients that write parents together with their children, count what the server acknowledged, and read it back.
final class Families: Sendable {
    /// What they saw, and what must be there.
    struct Tally: Sendable {
        var transactions = 0
        var errors: [String] = []
        var wrongReads: [String] = []
        var longest = Duration.zero
        /// The marks of the children by their parent, of every parent that was acknowledged and not deleted.
        var children: [Int: [Int]] = [:]
        var deleted: Set<Int> = []
    }

    static let tables: SQL = """
        CREATE TABLE item (id serial PRIMARY KEY, parent int REFERENCES item, name text);
        CREATE TABLE line (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          item int NOT NULL REFERENCES item ON DELETE CASCADE, mark int);
        CREATE INDEX line_by_item ON line (item);
        CREATE TABLE extra (item int PRIMARY KEY REFERENCES item ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, mark int);
        CREATE TABLE note (extra int NOT NULL REFERENCES extra ON DELETE CASCADE, mark int);
        CREATE INDEX note_by_extra ON note (extra);
        CREATE VIEW family AS SELECT i.id, l.mark FROM item i JOIN line l ON l.item = i.id;
        """

    /// The columns that refer to `item.id`, or to one that does.
    static let companions: [(table: QualifiedName, column: Identifier)] = [
        (QualifiedName(schema: "public", name: "item"), "parent"),
        (QualifiedName(schema: "public", name: "line"), "item"),
        (QualifiedName(schema: "public", name: "extra"), "item"),
        (QualifiedName(schema: "public", name: "note"), "extra"),
    ]

    private let parameters: ConnectionParameters
    private let tally = Mutex(Tally())
    private let clients = Mutex<[Task<Void, any Error>]>([])

    init(_ parameters: ConnectionParameters) {
        self.parameters = ConnectionParameters(conninfo: parameters.conninfo, applicationName: "application")
    }

    /// Parents that no client writes, with a child of each kind.
    static func create(rows: Int, on connection: Connection) async throws {
        try await connection.script([
            tables,
            """
            INSERT INTO item (name, parent) SELECT 'old', nullif(g / 2, 0) FROM generate_series(1, \(rows)) g;
            INSERT INTO line (item, mark) SELECT g, g FROM generate_series(1, \(rows)) g;
            INSERT INTO extra SELECT g, g FROM generate_series(1, \(rows)) g;
            INSERT INTO note SELECT g, g FROM generate_series(1, \(rows)) g;
            ANALYZE
            """,
        ])
    }

    func start(_ count: Int) {
        clients.withLock { clients in
            for number in 0..<count { clients.append(Task { try await run(number) }) }
        }
    }

    func stop() async throws -> Tally {
        let clients = clients.withLock { $0 }
        clients.forEach { $0.cancel() }
        for client in clients { try await client.value }
        return tally.withLock { $0 }
    }

    private func run(_ number: Int) async throws {
        let connection = try await Connection.open(parameters)
        var own: [Int] = []
        var turn = 0
        while !Task.isCancelled {
            turn += 1
            let start = ContinuousClock.now
            do {
                switch turn % 4 {
                case 1, 2: own.append(try await found(turn, parent: own.last, on: connection))
                case 3 where !own.isEmpty: try await readBack(own[turn % own.count], on: connection)
                case 0 where !own.isEmpty: try await delete(own.removeFirst(), on: connection)
                default: break
                }
            } catch {
                tally.withLock { if $0.errors.count < 5 { $0.errors.append("\(error)") } }
                _ = try? await connection.run("ROLLBACK", cancellable: false)
            }
            let took = ContinuousClock.now - start
            tally.withLock { tally in
                tally.transactions += 1
                tally.longest = max(tally.longest, took)
            }
            try? await Task.sleep(for: .milliseconds(2))
        }
        await connection.close()
    }

    /// A parent and its children, in one transaction.
    private func found(_ turn: Int, parent: Int?, on connection: Connection) async throws -> Int {
        let marks = [turn, turn + 1_000_000]
        try await connection.run("BEGIN", cancellable: false)
        let id: Int = try await connection.run(
            "INSERT INTO item (name) VALUES ('new') RETURNING id::bigint AS id",
            cancellable: false
        ).rows[0]["id"]
        for mark in marks {
            try await connection.run("INSERT INTO line (item, mark) VALUES (\(id), \(mark))", cancellable: false)
        }
        try await connection.run("INSERT INTO extra (item, mark) VALUES (\(id), \(turn))", cancellable: false)
        try await connection.run("INSERT INTO note (extra, mark) VALUES (\(id), \(turn))", cancellable: false)
        try await connection.run("UPDATE item SET parent = id, name = 'newer' WHERE id = \(id)", cancellable: false)
        try await connection.run("COMMIT", cancellable: false)
        tally.withLock { $0.children[id] = marks }
        return id
    }

    private func readBack(_ id: Int, on connection: Connection) async throws {
        let row = try await connection.run(
            """
            SELECT (SELECT count(*) FROM line WHERE item = \(id)) AS lines,
                   (SELECT count(*) FROM family WHERE id = \(id)) AS seen,
                   (SELECT count(*) FROM note JOIN extra ON extra.item = note.extra WHERE extra.item = \(id)) AS notes
            """,
            cancellable: false
        ).rows[0]
        let counts: [Int] = [try row["lines"], try row["seen"], try row["notes"]]
        if counts != [2, 2, 1] { tally.withLock { $0.wrongReads.append("\(id): \(counts)") } }
    }

    private func delete(_ id: Int, on connection: Connection) async throws {
        try await connection.run("DELETE FROM item WHERE id = \(id)", cancellable: false)
        tally.withLock { tally in
            tally.children[id] = nil
            tally.deleted.insert(id)
        }
    }

    /// Acknowledged parents of which something is missing, or that are there though they were deleted.
    static func lost(_ tally: Tally, on connection: Connection) async throws -> [String] {
        let rows = try await connection.run(
            """
            SELECT i.id::bigint AS id, i.parent::bigint AS parent,
                   (SELECT coalesce(string_agg(mark::text, ',' ORDER BY mark), '') FROM line WHERE item = i.id) AS lines,
                   (SELECT count(*) FROM note JOIN extra ON extra.item = note.extra WHERE extra.item = i.id) AS notes
            FROM item i WHERE i.name <> 'old'
            """
        ).rows
        var found: [Int: (lines: String, isWhole: Bool)] = [:]
        for row in rows {
            let (id, parent, notes): (Int, Int?, Int) = (try row["id"], try row["parent"], try row["notes"])
            found[id] = (try row["lines"], parent == id && notes == 1)
        }
        let missing = tally.children.filter { id, marks in
            found[id]?.lines != marks.map(String.init).joined(separator: ",") || found[id]?.isWhole != true
        }
        return missing.map { "\($0.key) lacks something: \(String(describing: found[$0.key]))" }
            + found.keys.filter { tally.children[$0] == nil }.map { "\($0) should not be there" }
    }
}
