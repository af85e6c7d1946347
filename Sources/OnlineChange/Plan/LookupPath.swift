import Postgres

/// The search_path under which a text that the server printed means what it meant: pg_catalog first, the schemas of
/// operators that the text doesn't spell out, and pg_temp last.
enum LookupPath {
    /// The path as a setting's value.
    static func text(_ schemas: [Identifier]) -> String {
        (["pg_catalog"] + schemas.map(\.quoted) + ["pg_temp"]).joined(separator: ", ")
    }

    /// The statement under the path, which holds for it alone.
    ///
    /// - Parameter isLocal: whether it stands in a transaction.
    static func around(_ statement: SQL, _ schemas: [Identifier], isLocal: Bool = true) -> [SQL] {
        guard !schemas.isEmpty else { return [statement] }
        let scope: SQL = isLocal ? "LOCAL " : ""
        func setting(_ schemas: [Identifier]) -> SQL {
            "SET \(scope)search_path = \(SQL.joined(["pg_catalog"] + schemas.map { "\($0)" } + ["pg_temp"]))"
        }
        return [setting(schemas), statement, setting([])]
    }
}
