import Postgres

/// A partitioned table whose partitions can all follow: no key that would move rows, no partition out of our hands.
enum PartitionCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        let table = subject.table
        guard table.isPartitioned else { return [] }
        let both = server(subject) + key(subject) + outOfReach(table) + generated(subject) + size(subject)
        return both + (subject.names.added == nil ? attaching(subject) : triggers(subject) + schemas(subject))
    }

    /// Before 15 clones of triggers are the server's own, which only a superuser may enable.
    private static func server(_ subject: PreflightSubject) -> [Finding] {
        guard subject.facts.version < 15_00_00 else { return [] }
        return [
            .refused(
                "table \(subject.table.name)",
                "it is partitioned, and before PostgreSQL 15 a table's owner can't have triggers fire always on partitions",
                wayOut: "Use PostgreSQL 15 or later, or ALTER TABLE in a quiet moment."
            )
        ]
    }

    private static func key(_ subject: PreflightSubject) -> [Finding] {
        let move =
            subject.names.added == nil
            ? "which a value in the place of NULL would have to" : "which a write by the other name would have to"
        return subject.table.partitions.filter { $0.keyColumns.contains(subject.from) }.map { partitioned in
            .refused(
                "column \(subject.table.name).\(subject.from)",
                "it is in the partition key of \(partitioned.name): a trigger may not move a row to another partition, "
                    + move,
                wayOut: "Use ALTER TABLE in a quiet moment, or move the rows to a table with another key."
            )
        }
    }

    /// Partitions that our sessions can't change, or whose rows are elsewhere; also of a table whose change goes on.
    static func outOfReach(_ table: TableSnapshot) -> [Finding] {
        table.partitions.compactMap { partition in
            if partition.kind == "f" {
                return .refused(
                    "partition \(partition.name)",
                    "it is a foreign table, and its rows are elsewhere",
                    wayOut: "Detach it until the change is finished: ALTER TABLE \(table.name.quoted) DETACH PARTITION "
                        + "\(partition.name.quoted);"
                )
            }
            guard partition.owner != table.owner else { return nil }
            return .refused(
                "partition \(partition.name)",
                "it belongs to \(partition.owner), and our session is \(table.owner), who owns \(table.name)",
                wayOut: "ALTER TABLE \(partition.name.quoted) OWNER TO \(table.owner.quoted);"
            )
        }
    }

    /// Before 17 a table may be attached whose column is generated where the parent's isn't.
    private static func generated(_ subject: PreflightSubject) -> [Finding] {
        guard subject.writesRows, subject.column?.generated == "" else { return [] }
        return subject.table.partitions.dropFirst().filter { $0.generatedColumns.contains(subject.from) }.map {
            .refused(
                "partition \($0.name)",
                "its column \(subject.from) is generated, and nothing can be written there",
                wayOut: "ALTER TABLE \($0.name.quoted) ALTER COLUMN \(subject.from.quoted) DROP EXPRESSION;"
            )
        }
    }

    /// A table without the check that the partitioned one has can't become a partition.
    private static func attaching(_ subject: PreflightSubject) -> [Finding] {
        let isFilled = subject.arguments.texts["fill"] != nil
        return [
            .note(
                "table \(subject.table.name)",
                "\(isFilled ? "during swap" : "from expand until the end of swap") it has a check for NOT NULL, and the "
                    + "server attaches no table without the same one: CREATE TABLE … PARTITION OF or (LIKE … INCLUDING "
                    + "CONSTRAINTS) gives it"
            )
        ]
    }

    /// Triggers of a partition's own, which aren't made anew with those of the table.
    private static func triggers(_ subject: PreflightSubject) -> [Finding] {
        subject.table.partitions.dropFirst().flatMap { partition in
            partition.triggers.filter { !$0.isClone && $0.updateOf.contains(subject.from) }.map { trigger in
                .acknowledge(
                    "trigger \(trigger.name) on \(partition.name)",
                    "it is the partition's own and fires for UPDATE OF \(subject.from): not for a statement that sets "
                        + "the column by its other name alone",
                    wayOut: "Create it on \(subject.table.name), which has it on every partition"
                )
            }
        }
    }

    private static func schemas(_ subject: PreflightSubject) -> [Finding] {
        let closed = subject.table.partitions.dropFirst().filter { !$0.ownerCanCreate }.map(\.name.schema)
        return Set(closed).sorted().map { schema in
            .privilege(
                "schema \(schema)",
                "\(subject.table.owner) may not create index copies for the partitions in it",
                wayOut: "GRANT CREATE ON SCHEMA \(schema.quoted) TO \(subject.table.owner.quoted);"
            )
        }
    }

    /// ADD COLUMN and triggers took 0.6 ms for each partition, all under one lock; a swap that carries all that hangs on
    /// the column some 4, and 1.5 more for each of its indexes.
    private static func size(_ subject: PreflightSubject) -> [Finding] {
        let table = subject.table
        let carried = subject.dependents.map { dependents in
            40 + 15 * table.indexes.count { index in index.columns.contains { $0 == subject.column?.number } }
        }
        let milliseconds = (table.partitions.count - 1) * (carried ?? 6) / 10
        guard milliseconds > 60 else { return [] }
        return [
            .note(
                "table \(table.name)",
                "expand, swap and drop touch each of its \(table.partitions.count - 1) partitions under one lock, for "
                    + "some \(milliseconds) ms: they need a --lock-timeout of twice that"
            )
        ]
    }
}
