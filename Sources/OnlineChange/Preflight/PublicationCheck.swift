/// Subscribers that would be sent what they have no place for.
enum PublicationCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        subject.table.publications.map { publication in
            let object = "publication \(publication.name)"
            let column =
                "ALTER TABLE \(subject.table.name) ADD COLUMN \(subject.to.quoted) "
                + "\(subject.column?.baseType ?? "text")"
            switch publication.scope {
            case .allTables:
                return .acknowledge(
                    object,
                    "FOR ALL TABLES sends the added column, and the ledger's tables too; a subscriber without them stops",
                    wayOut: "On every subscriber first: \(column), and the schema online_change as it is here "
                        + "(pg_dump -s -n online_change)"
                )
            case .schema, .table:
                return .acknowledge(
                    object,
                    "it sends all columns of the table; a subscriber without the added one stops",
                    wayOut: "On every subscriber first: \(column)"
                )
            case .columns:
                return .note(
                    object,
                    "it sends a list of columns, which the rename reaches at swap: its subscribers need the "
                        + "new name by then"
                )
            }
        }
    }
}
