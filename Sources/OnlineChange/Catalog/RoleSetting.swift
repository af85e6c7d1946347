import Postgres

/// A setting that `ALTER ROLE … SET` or `ALTER DATABASE … SET` gave to sessions of this database.
struct RoleSetting: Hashable, Sendable {
    /// The role's oid; 0 for every role.
    let roleOID: UInt32
    /// Its name, or `every role`.
    let role: String
    /// Whether it holds in this database alone.
    let isHere: Bool
    /// What is set.
    let name: String
    /// Its value as it was written.
    let value: String

    /// All of them.
    static func all(_ session: Session) async throws -> [RoleSetting] {
        try await session.run(
            """
            SELECT d.setrole AS oid, coalesce(r.rolname, 'every role') AS role, d.setdatabase <> 0 AS is_here, s.setting
            FROM pg_db_role_setting d CROSS JOIN unnest(d.setconfig) AS s(setting)
            LEFT JOIN pg_roles r ON r.oid = d.setrole
            WHERE d.setdatabase = 0 OR d.setdatabase =
              (SELECT oid FROM pg_database WHERE datname = current_database())
            """
        ).rows.compactMap { row in
            let setting: String = try row["setting"]
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            return RoleSetting(
                roleOID: try row["oid"],
                role: try row["role"],
                isHere: try row["is_here"],
                name: String(parts[0]),
                value: String(parts[1])
            )
        }
    }
}
