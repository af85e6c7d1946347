import Postgres

/// A partitioned table's own place in its tree, or a partition at any depth.
public struct Partition: Codable, Hashable, Sendable {
    /// Its oid.
    public var oid: UInt32
    /// Its schema and name.
    public var name: QualifiedName
    /// `pg_class.relkind`: `r` holds rows, `p` is partitioned in its turn, `f` is a foreign table.
    public var kind: String
    /// Its owner.
    public var owner: Identifier
    /// Whether the owner may create objects in its schema (an index build needs it).
    public var ownerCanCreate: Bool
    /// Columns of its partition key, those that the key's expressions read included.
    public var keyColumns: [Identifier]
    /// Columns that are NOT NULL there.
    public var notNullColumns: [Identifier] = []
    /// Columns that are generated there.
    public var generatedColumns: [Identifier] = []
    /// Its row and statement triggers, clones of its parent's included.
    public var triggers: [PartitionTrigger]
    /// Column privileges that were granted on it.
    public var grants: [PartitionGrant]
}

/// A trigger on one partition.
public struct PartitionTrigger: Codable, Hashable, Sendable {
    /// Its name, which is the parent's trigger's where it is a clone.
    public var name: Identifier
    /// `pg_trigger.tgenabled`.
    public var enabled: String
    /// Whether the server made it for a trigger of the parent.
    public var isClone: Bool
    /// `pg_trigger.tgtype`, a bit mask.
    public var type: Int
    /// Columns in `UPDATE OF`.
    public var updateOf: [Identifier]
}

/// A privilege on one column of one partition.
public struct PartitionGrant: Codable, Hashable, Sendable {
    /// The column.
    public var column: Identifier
    /// The privilege.
    public var grant: ColumnGrant
}

extension TableSnapshot {
    /// Whether its rows are in partitions.
    var isPartitioned: Bool { kind == "p" }

    /// Names of triggers that run before a row of the table or of a partition is written.
    var triggersBeforeRow: [Identifier] {
        triggers.filter { $0.isBeforeRow && $0.firesOnWrite }.map(\.name)
            + partitions.flatMap(\.triggers)
            .filter { !$0.isClone && $0.type & 3 == 3 && $0.type & (4 + 16) != 0 }.map(\.name)
    }

    /// Partitions in which a column is NOT NULL, at any level.
    func partitionsNotNull(_ column: Identifier) -> [QualifiedName] {
        partitions.dropFirst().filter { $0.notNullColumns.contains(column) }.map(\.name)
    }

    /// Gives clones of a trigger the states that they have apart from it, for replacing it resets them.
    ///
    /// A partition that is gone by then, or whose clone is, is left out.
    func cloneStates(of trigger: Trigger) -> [SQL] {
        partitions.flatMap { partition in
            partition.triggers.filter { $0.isClone && $0.name == trigger.name && $0.enabled != trigger.enabled }
                .compactMap { clone in
                    ["O": "ENABLE", "D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"][clone.enabled]
                }
                .map { state in
                    let body: SQL = """
                        BEGIN
                          IF EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgname = \(literal: trigger.name.name)
                              AND tgrelid = pg_catalog.to_regclass(\(literal: partition.name.quoted))) THEN
                            ALTER TABLE \(partition.name) \(server: state) TRIGGER \(trigger.name);
                          END IF;
                        END
                        """
                    return "DO LANGUAGE plpgsql \(literal: body.text)"
                }
        }
    }
}
