import Postgres

/// What a table looked like when its change was planned: enough to notice, weeks later, what others changed meanwhile.
public struct Fingerprint: Codable, Hashable, Sendable {
    /// Schema and name.
    public var table: QualifiedName
    /// The column that the change is about: its number and type.
    public var columnNumber: Int
    /// Its type.
    public var columnType: String
    /// Triggers that the plan rewrites: what they are between expand and swap.
    public var rewrittenTriggers: [Identifier: String]
    /// The same between swap and drop.
    public var exchangedTriggers: [Identifier: String]
    /// Indexes that hold the column.
    public var indexes: [String]
    /// Names of the user's BEFORE row triggers.
    public var beforeTriggers: [String]
    /// What hung on the column, as the server describes it, where the column goes in the end.
    public var carried: [String]?
    /// What each of that was.
    public var image: CarriedImage?
    /// Names of constraints that the plan puts on the column itself.
    public var ours: [Identifier] = []

    /// Compares with the table as it is now.
    ///
    /// - Parameters:
    ///   - names: what the columns are called.
    ///   - isSwapped: whether they have their new roles.
    ///   - triggers: ours, if they should be there.
    func changes(
        since now: TableSnapshot,
        names: ColumnNames,
        isSwapped: Bool,
        triggers: [Identifier]?
    ) -> [Finding] {
        var findings: [Finding] = []
        let original = now.columns.first { $0.number == columnNumber }
        let label = "column \(table).\(names.original)"
        if now.name != table {
            findings.append(
                .refused(
                    "table \(table)",
                    "it is called \(now.name) now, and the plan's statements name it as it was",
                    wayOut: "give it its old name and schema back until the change is finished or rolled back"
                )
            )
        }
        guard let original, original.name == names.original(isSwapped: isSwapped) else {
            return findings + [
                .refused(
                    label,
                    "it is gone or was renamed since the change was planned",
                    wayOut: "give it its name back, or roll the change back"
                )
            ]
        }
        if original.type != columnType {
            findings.append(
                .refused(
                    label,
                    "its type is \(original.type) now; the plan was made for \(columnType)",
                    wayOut: "roll the change back and start it again"
                )
            )
        }
        guard let triggers else { return findings }
        if let missing = names.added(isSwapped: isSwapped), now.column(missing) == nil {
            findings.append(
                .refused(
                    "column \(table).\(missing)",
                    "it was dropped or renamed since the change was planned",
                    wayOut: "roll the change back and start it again"
                )
            )
        }
        for name in triggers where now.triggers.first(where: { $0.name == name })?.enabled != "A" {
            findings.append(
                .refused(
                    "trigger \(name)",
                    names.added == nil
                        ? "it fills NULLs, and it was dropped or disabled"
                        : "it keeps the two columns equal, and it was dropped or disabled",
                    wayOut: names.added == nil
                        ? "roll the change back and start it again; NULLs may have been stored meanwhile"
                        : "roll the change back and start it again; writes by the other name may have been missed"
                )
            )
        }
        findings += PartitionCheck.outOfReach(now)
        for partition in now.partitions.dropFirst() {
            for name in triggers where partition.triggers.first(where: { $0.name == name })?.enabled != "A" {
                findings.append(
                    .refused(
                        "trigger \(name) on \(partition.name)",
                        names.added == nil
                            ? "it fills NULLs, and it was disabled there"
                            : "it keeps the two columns equal, and it was disabled there",
                        wayOut:
                            "ALTER TABLE \(partition.name.quoted) ENABLE ALWAYS TRIGGER \(name.quoted); then compare: "
                            + "online-change verify --repair"
                    )
                )
            }
        }
        let rewritten = isSwapped ? exchangedTriggers : rewrittenTriggers
        for (name, definition) in rewritten.sorted(by: { $0.key < $1.key })
        where now.triggers.first(where: { $0.name == name })?.definition != definition {
            findings.append(
                .refused(
                    "trigger \(name)",
                    "it was changed since the plan was made, and the plan would overwrite that",
                    wayOut: "put it back as it was (\(definition)), and change it again after drop"
                )
            )
        }
        let added = now.triggers.filter { $0.isBeforeRow && $0.firesOnWrite }
            .map(\.name).filter { !beforeTriggers.contains($0.name) && !DualWrite.isOurs($0) }
        for name in added {
            findings.append(
                .note("trigger \(name)", "it is new since the plan was made; if it changes the column, `verify` tells")
            )
        }
        // Where the column goes in the end, what is new on it is refused, not noted.
        guard carried == nil else { return findings }
        let indexed = now.indexes.filter { $0.columns.contains(columnNumber) }.map(\.name.name)
        for name in indexed where names.added != nil && !indexes.contains(name) {
            findings.append(
                .note("index \(name)", "it is new since the plan was made and has no copy on the added column")
            )
        }
        return findings
    }
}
