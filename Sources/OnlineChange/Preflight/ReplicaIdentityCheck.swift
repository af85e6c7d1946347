/// A published table of which no subscriber could tell which row was updated: the server refuses every UPDATE of it.
enum ReplicaIdentityCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        let table = subject.table
        guard subject.writesRows else { return [] }
        guard table.hasReplicaIdentity else { return missing(subject) }
        return table.publications.filter(\.contradictsIdentity).map { publication in
            .refused(
                "publication \(publication.name)",
                "its columns or its filter don't go with the replica identity of \(table.name), so the server refuses "
                    + "every UPDATE, the backfill's too",
                wayOut: "Publish all columns of the replica identity and filter by no other, or publish inserts alone: "
                    + "ALTER PUBLICATION \(publication.name.quoted) SET (publish = 'insert');"
            )
        }
    }

    private static func missing(_ subject: PreflightSubject) -> [Finding] {
        let table = subject.table
        guard table.publications.contains(where: \.sendsUpdates) else { return [] }
        return [
            .refused(
                "table \(table.name)",
                "it has no replica identity and is published with its updates, so the server refuses every UPDATE, the "
                    + "backfill's too",
                wayOut: "Give it a primary key that is not deferrable, or: ALTER TABLE \(table.name.quoted) REPLICA "
                    + "IDENTITY FULL;"
            )
        ]
    }
}
