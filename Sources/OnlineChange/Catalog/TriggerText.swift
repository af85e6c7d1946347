import Postgres

/// The definition of an `UPDATE OF` trigger in the parts between which a column list and a table's name stand.
///
/// The parts are cut where the catalog says that they are, not by search: what comes before the list is rebuilt from
/// name, timing and events, and must be what the server printed.
struct TriggerText: Hashable {
    private var isConstraint: Bool
    private var timingAndEvents: String
    /// The trigger's name, quoted as in the definition.
    var name: String
    /// The columns of UPDATE OF, likewise.
    var columns: String
    /// The table, likewise.
    var table: String
    private var truncate: String
    private var rest: String

    /// Takes a definition of `pg_get_triggerdef` apart; nil if it is not what the trigger's properties say.
    init?(_ trigger: Trigger, table: String) {
        self.init(
            trigger.definition,
            name: trigger.quotedName,
            columns: trigger.updateOfList,
            table: table,
            type: trigger.type,
            isConstraint: trigger.isConstraint
        )
    }

    init?(_ definition: String, name: String, columns: String, table: String, type: Int, isConstraint: Bool) {
        self.isConstraint = isConstraint
        self.name = name
        self.columns = columns
        self.table = table
        let timing = type & 2 != 0 ? "BEFORE" : type & 64 != 0 ? "INSTEAD OF" : "AFTER"
        let events = (type & 4 != 0 ? ["INSERT"] : []) + (type & 8 != 0 ? ["DELETE"] : []) + ["UPDATE OF "]
        timingAndEvents = timing + " " + events.joined(separator: " OR ")
        truncate = type & 32 != 0 ? " OR TRUNCATE" : ""
        rest = ""
        let beginning = text
        guard definition.hasPrefix(beginning) else { return nil }
        rest = String(definition.dropFirst(beginning.count))
    }

    /// The whole definition.
    var text: String {
        "CREATE \(isConstraint ? "CONSTRAINT " : "")TRIGGER \(name) \(timingAndEvents)\(columns)\(truncate) ON \(table)\(rest)"
    }
}
