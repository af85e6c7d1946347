import Postgres

/// What the doctor looks at.
struct DoctorSubject: Sendable {
    let session: Session
    let facts: ServerFacts
    /// The only table that is of interest; nil for all of the database.
    let table: TableSnapshot?
    /// The database's unfinished changes; nil if they can't be read.
    let unfinished: [ChangeRecord]?
    /// What roles and databases have been given.
    let roleSettings: [RoleSetting]
    /// For how long a session may idle in a transaction before it is told of, in seconds.
    var patience = 60.0

    /// The relations of interest: the table with its partitions, or whatever is not the server's own or ours.
    ///
    /// - Parameter relation: an expression that gives an oid.
    func isOfInterest(_ relation: SQL) -> SQL {
        guard let table else {
            return """
                \(relation) IN (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'online_change'))
                """
        }
        return """
            \(relation) IN (SELECT \(Int(table.oid))::oid UNION ALL
              SELECT relid::oid FROM pg_partition_tree(\(Int(table.oid))::oid::regclass))
            """
    }
}

/// One thing that the doctor looks at.
protocol DoctorCheck: SendableMetatype {
    /// What it found; empty if all is well.
    static func ailments(_ subject: DoctorSubject) async throws -> [Ailment]
}
