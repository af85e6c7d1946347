import OnlineChange
import Postgres
import TestSupport
import Testing

/// A line of the truth table: a statement, and the rows that it changes or adds.
///
/// A row reads `id name|full_name`, NULL is `-`, several are divided by commas; an error is its SQLSTATE.
struct Write {
    let statement: SQL
    let gives: [Stage: String]

    /// - Parameters:
    ///   - rows: what the statement gives, whatever the stage, if nothing else is said.
    ///   - expanded: what it gives after expand.
    ///   - swapped: what it gives after swap.
    init(_ statement: SQL, _ rows: String, expanded: String? = nil, swapped: String? = nil) {
        self.statement = statement
        gives = [.expanded: expanded ?? rows, .backfilled: rows, .swapped: swapped ?? rows]
    }
}

/// A table in a stage of its rename, on which statements are tried.
struct TruthTable {
    let connection: Connection

    /// Row 1 is one that the backfill must reach; row 2 came after expand; row 3 holds NULL, and came before.
    static let plain: [SQL] = [
        "CREATE TABLE t (id int PRIMARY KEY, name text, n int DEFAULT 0)",
        "INSERT INTO t (id, name) VALUES (1, 'one'), (3, NULL)",
    ]

    /// Makes the table, takes the rename through the stage, and inserts row 2.
    init(_ stage: Stage, _ setup: [SQL] = plain, options: PlanningOptions = PlanningOptions()) async throws {
        connection = try await TestDatabase.current.connect()
        for statement in setup { try await connection.script([statement]) }
        let rename = try Rename(options: options)
        try await rename.through("expand")
        try await connection.run("INSERT INTO t (id, name) VALUES (2, 'two')")
        if stage != .expanded { try await rename.through(stage.rawValue) }
    }

    /// Tries each statement on the same rows: what it does is rolled back.
    func expect(_ writes: [Write], _ stage: Stage, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let before = try await rows()
        for write in writes {
            let found = try await outcome(of: write.statement, before: before)
            #expect(found == write.gives[stage], "\(write.statement)", sourceLocation: sourceLocation)
        }
        await connection.close()
    }

    /// Runs a statement, tells which rows are other or new, and takes it back.
    private func outcome(of statement: SQL, before: [String]) async throws -> String {
        try await connection.run("BEGIN")
        var outcome: String
        do {
            try await connection.script([statement])
            outcome = try await rows().filter { !before.contains($0) }.joined(separator: ", ")
        } catch let error as PostgresError {
            outcome = error.state?.code ?? "\(error)"
        }
        try await connection.run("ROLLBACK")
        return outcome
    }

    private func rows() async throws -> [String] {
        try await connection.run(
            "SELECT id || ' ' || coalesce(name::text, '-') || '|' || coalesce(full_name::text, '-') AS row FROM t ORDER BY id"
        ).rows.map { try $0["row"] }
    }
}
