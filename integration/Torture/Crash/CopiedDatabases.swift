import Foundation
import Postgres
import Synchronization
import ThrowawayPostgres

/// Databases of a cluster that are copies of one that was prepared: each case begins with the same, and quickly.
struct CopiedDatabases: Sendable {
    let cluster: ThrowawayCluster
    private let prepared: Identifier

    private static let counter = Atomic(0)

    /// Makes a database and has it prepared.
    init(on cluster: ThrowawayCluster, _ prepare: (ConnectionParameters) async throws -> Void) async throws {
        self.cluster = cluster
        prepared = Self.newName()
        try await Self.maintain(cluster, "CREATE DATABASE \(prepared) TEMPLATE template0 ENCODING 'UTF8'")
        let parameters = ConnectionParameters(conninfo: cluster.dsn(database: prepared.name))
        try await prepare(parameters)
        let connection = try await Connection.open(parameters)
        // A copied sequence counts on values logged ahead in the original's WAL; a crash of the copy would give them out
        // twice.
        try await connection.run(
            """
            SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, coalesce(last_value, start_value),
                          last_value IS NOT NULL)
            FROM pg_sequences
            """
        )
        await connection.close()
    }

    /// Runs the body with a copy, which is dropped afterwards.
    func withCopy<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let copy = Self.newName()
        try await Self.maintain(cluster, "CREATE DATABASE \(copy) TEMPLATE \(prepared)")
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body(copy.name))
        } catch {
            outcome = .failure(error)
        }
        try await Self.maintain(cluster, "DROP DATABASE \(copy) WITH (FORCE)")
        return try outcome.get()
    }

    /// Drops what the copies were made of.
    func end() async throws {
        try await Self.maintain(cluster, "DROP DATABASE \(prepared) WITH (FORCE)")
    }

    private static func newName() -> Identifier {
        Identifier("copy_\(counter.add(1, ordering: .relaxed).newValue)")
    }

    private static func maintain(_ cluster: ThrowawayCluster, _ statement: SQL) async throws {
        let connection = try await Connection.open(ConnectionParameters(conninfo: cluster.dsn()))
        try await connection.run(Query(statement))
        await connection.close()
    }
}
