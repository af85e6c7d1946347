/// A published table whose rows no subscriber could tell apart: the server refuses every UPDATE of it.
enum ReplicaIdentityCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        let table = subject.table
        guard subject.writesRows, !table.hasReplicaIdentity, table.publications.contains(where: \.sendsUpdates) else {
            return []
        }
        return [
            .refused(
                "table \(table.name)",
                "it has no replica identity and is published with its updates, so the server refuses every UPDATE, the "
                    + "backfill's too",
                wayOut: "Give it a primary key, or: ALTER TABLE \(table.name.quoted) REPLICA IDENTITY FULL;"
            )
        ]
    }
}
