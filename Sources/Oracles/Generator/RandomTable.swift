public import Postgres

/// A table made at random, with rows and all that hangs on it. The same seed makes the same one on the same server.
public struct RandomTable: Sendable {
    /// What it was made from.
    public let seed: UInt64
    /// The table.
    public let name: QualifiedName
    /// Its columns.
    public let columns: [RandomColumn]
    /// Position of the column to be changed.
    public let target: Int
    /// A name that none of the columns has.
    public let newName: Identifier
    /// The statements that made it, to be run again one after another.
    public let statements: [SQL]
    /// What removes it again.
    public let cleanup: [SQL]

    /// The column to be changed.
    public var column: RandomColumn { columns[target] }

    /// Makes the table in the connection's database.
    ///
    /// Each decoration is offered to the server on its own, and those that it refuses are left out: that is shorter,
    /// and holds for more versions, than knowing beforehand what goes with what.
    ///
    /// - Parameter connection: a superuser's, outside of a transaction.
    public static func make(seed: UInt64, on connection: Connection) async throws(PostgresError) -> RandomTable {
        var builder = TableBuilder(seed: seed, connection: connection)
        try await builder.makeTable()
        try await builder.addRows()
        try await builder.addConstraints()
        try await builder.addForeignKeys()
        try await builder.addIndexes()
        try await builder.addProperties()
        try await builder.addReaders()
        try await builder.addTriggers()
        try await builder.addPublications()
        return builder.finished()
    }
}
