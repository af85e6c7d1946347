/// A table, plain or partitioned, that triggers can keep in sync.
enum TableKindCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        let table = subject.table
        let object = "table \(table.name)"
        var findings: [Finding] = []
        func refuse(_ message: String, _ wayOut: String) {
            findings.append(.refused(object, message, wayOut: wayOut))
        }
        switch table.kind {
        case "r", "p": break
        case "v": refuse("it is a view", "Name the table beneath it, or use CREATE OR REPLACE VIEW.")
        case "m": refuse("it is a materialized view", "Name the table beneath it, or rebuild the view.")
        case "f": refuse("it is a foreign table, and its rows are elsewhere", "Change the table on its own server.")
        case "S": refuse("it is a sequence", "Name a table.")
        case "i", "I": refuse("it is an index", "Name the table that it is on.")
        case "c": refuse("it is a composite type", "Change its attribute with ALTER TYPE.")
        default: refuse("it is no table", "Name a table.")
        }
        if table.persistence == "t" {
            refuse("it is temporary and only its own session sees it", "Use plain ALTER TABLE in that session.")
        }
        if ["pg_catalog", "information_schema", "pg_toast", "online_change"].contains(table.name.schema.name) {
            refuse("it belongs to the server or to online-change", "Name a table of your own.")
        }
        if let parent = table.parent {
            refuse(
                "it is a partition or child of \(parent), and its columns are that table's",
                "Name \(parent) instead."
            )
        } else if table.hasChildren, table.kind == "r" {
            refuse("other tables inherit from it", "Use plain ALTER TABLE, which reaches the children too.")
        }
        if let type = table.typedBy {
            refuse(
                "it is typed: its columns are those of type \(type)",
                "Change the attribute of \(type) (ALTER TYPE … ATTRIBUTE … CASCADE)."
            )
        }
        if subject.names.added != nil, table.attributeCount + 1 > 1600 {
            refuse(
                "it has used up \(table.attributeCount) of 1600 column numbers, dropped columns included",
                "Rebuild the table (pg_dump and restore, or a copy) to get them back."
            )
        }
        return findings
    }
}
