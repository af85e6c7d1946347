import Postgres

/// The SQL of one client, which knows the column by one name and always names what it reads and writes.
struct ClientStatements: Sendable {
    /// The statements that a client sends for a row.
    enum Kind: String, Sendable {
        case insert, update, delete, read, upsert
    }

    let table: QualifiedName
    let key: Identifier
    let column: Identifier
    /// Whether they are prepared once and executed by name, which leaves plans cached on the server.
    let isPrepared: Bool

    /// The statement for one row; what it doesn't need is ignored.
    func query(_ kind: Kind, key number: Int, value: String?) -> Query {
        guard !isPrepared else {
            let text: SQL = value.map { "\(literal: $0)" } ?? "NULL"
            let arguments: SQL = kind.takesValue ? "\(number), \(text)" : "\(number)"
            let execution: SQL = "EXECUTE \(name(of: kind)) (\(arguments))"
            return Query(execution)
        }
        return switch kind {
        case .insert: "INSERT INTO \(table) (\(key), \(column)) VALUES (\(number), \(value))"
        case .update: "UPDATE \(table) SET \(column) = \(value) WHERE \(key) = \(number)"
        case .delete: "DELETE FROM \(table) WHERE \(key) = \(number)"
        case .read: "SELECT \(column) FROM \(table) WHERE \(key) = \(number)"
        case .upsert:
            """
            INSERT INTO \(table) (\(key), \(column)) VALUES (\(number), \(value))
            ON CONFLICT (\(key)) DO UPDATE SET \(column) = EXCLUDED.\(column)
            """
        }
    }

    /// Prepares a kind of statement on a connection.
    func preparation(of kind: Kind) -> Query {
        let types: SQL = kind.takesValue ? "bigint, text" : "bigint"
        let statement: SQL =
            switch kind {
            case .insert: "INSERT INTO \(table) (\(key), \(column)) VALUES ($1, $2)"
            case .update: "UPDATE \(table) SET \(column) = $2 WHERE \(key) = $1"
            case .delete: "DELETE FROM \(table) WHERE \(key) = $1"
            case .read: "SELECT \(column) FROM \(table) WHERE \(key) = $1"
            case .upsert:
                """
                INSERT INTO \(table) (\(key), \(column)) VALUES ($1, $2)
                ON CONFLICT (\(key)) DO UPDATE SET \(column) = EXCLUDED.\(column)
                """
            }
        return Query("PREPARE \(name(of: kind)) (\(types)) AS \(statement)")
    }

    private func name(of kind: Kind) -> Identifier { Identifier("counted_\(kind.rawValue)") }
}

extension ClientStatements.Kind {
    fileprivate var takesValue: Bool {
        switch self {
        case .insert, .update, .upsert: true
        case .delete, .read: false
        }
    }
}
