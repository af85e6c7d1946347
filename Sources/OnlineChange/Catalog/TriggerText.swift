import Postgres

/// The definition of a trigger in the parts between which a column list and a table's name stand.
///
/// The parts are cut where the catalog says that they are, not by search: what comes before the list is rebuilt from
/// name, timing and events, and must be what the server printed.
struct TriggerText: Hashable {
    private var isConstraint: Bool
    private var timing: String
    private var events: [String]
    /// The trigger's name, quoted as in the definition.
    var name: String
    /// The columns of UPDATE OF, likewise; empty for none.
    var columns: String
    /// The table, likewise.
    var table: String
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
        timing = type & 2 != 0 ? "BEFORE" : type & 64 != 0 ? "INSTEAD OF" : "AFTER"
        events = [(4, "INSERT"), (8, "DELETE"), (16, "UPDATE"), (32, "TRUNCATE")].filter { type & $0.0 != 0 }.map(\.1)
        rest = ""
        let beginning = text
        guard definition.hasPrefix(beginning) else { return nil }
        rest = String(definition.dropFirst(beginning.count))
    }

    /// The whole definition.
    var text: String {
        let events = events.map { $0 == "UPDATE" && !columns.isEmpty ? "UPDATE OF \(columns)" : $0 }
        return "CREATE \(isConstraint ? "CONSTRAINT " : "")TRIGGER \(name) \(timing) "
            + events.joined(separator: " OR ") + " ON \(table)\(rest)"
    }
}
