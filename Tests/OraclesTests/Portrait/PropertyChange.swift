import Postgres

/// A change of one property of the sample schema, what takes it back, and the section that must tell of it.
struct PropertyChange: Sendable {
    let section: String
    let change: SQL
    let undo: SQL
    /// The first server that has the property.
    let since: Int

    init(_ section: String, _ change: SQL, undo: SQL, since: Int = 140_000) {
        self.section = section
        self.change = change
        self.undo = undo
        self.since = since
    }

    /// One property of `ALTER <object> <change>`, taken back by `ALTER <object> <undo>`.
    static func altering(_ object: SQL, _ section: String, _ change: SQL, _ undo: SQL, since: Int = 140_000) -> Self {
        PropertyChange(section, "ALTER \(object) \(change)", undo: "ALTER \(object) \(undo)", since: since)
    }

    static let all: [PropertyChange] = relations + columns + constraintsAndIndexes + code + others
}
