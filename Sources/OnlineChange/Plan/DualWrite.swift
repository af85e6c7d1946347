import Postgres

/// The triggers that keep the two columns of a pair the same image, whichever of them a statement writes.
///
/// *in* runs before the user's triggers and takes a write that came through the replica alone over to the primary;
/// *out* runs after them and lets the replica follow. A row that is consistent already enters no function: the WHEN
/// clauses are false. They refer to columns by number, so the swap's exchange of names leaves them right; only the
/// functions' bodies, which are text, are replaced.
public struct DualWrite: Codable, Hashable, Sendable {
    /// The table.
    public let table: QualifiedName
    /// Fires first, on INSERT.
    public let inInsert: Identifier
    /// Fires first, on UPDATE.
    public let inUpdate: Identifier
    /// Fires last.
    public let out: Identifier
    /// Fire before all others, from swap on: they count writes through the legacy column alone.
    public let countingNames: [Identifier]
    /// The schema that holds functions and sequences.
    static let schema: Identifier = "online_change"
    /// Distinguishes the functions of different changes.
    private let stem: String
    /// What converts the one column's values into the other's, where the server's own cast may fail.
    public var conversions: [ConvertingFunction] = []

    /// Trigger functions and sequences live in the ledger's schema: the table's own may not let its owner create any.
    private func object(_ suffix: String) -> QualifiedName {
        QualifiedName(schema: Self.schema, name: Identifier(stem).shortened(appending: suffix))
    }

    private var inFunction: QualifiedName { object("_in") }
    private var outFunction: QualifiedName { object("_out") }
    private var countFunction: QualifiedName { object("_count") }
    /// Counts writes through the legacy column alone.
    var counter: WriteCounter {
        WriteCounter(
            count: object("_legacy_writes"),
            first: object("_legacy_first"),
            last: object("_legacy_last")
        )
    }

    /// All three triggers.
    public var triggerNames: [Identifier] { [inInsert, inUpdate, out] }

    /// Whether a trigger's name is one that this type gives.
    static func isOurs(_ name: Identifier) -> Bool {
        name.name.drop { $0 == "!" || $0 == "~" || $0 == " " || $0 == "\u{10FFFD}" }.hasPrefix("online_change ")
    }

    /// Chooses names that sort before and after those of all other row triggers: triggers fire in the byte order of
    /// their names (PostgreSQL documentation, 39.1).
    ///
    /// Returns nil if no such name can be found.
    public init?(table: QualifiedName, replica: Identifier, others: [Identifier], oid: UInt32) {
        let rivals = others.filter { !Self.isOurs($0) }
        let first = ["!", "!!", " ", "  "].first { mark in
            rivals.allSatisfy { Identifier(mark + "online_change ") < $0 }
        }
        guard let first, let last = Self.lastMark(others) else { return nil }
        self.table = table
        inInsert = Self.trigger("\(first)online_change \(replica)", " in i")
        inUpdate = Self.trigger("\(first)online_change \(replica)", " in u")
        countingNames = [" count i", " count u"].map { Self.trigger("\(first)online_change \(replica)", $0) }
        out = Self.trigger("\(last)online_change \(replica)", " out")
        stem = Self.stem(table: table, replica: replica, oid: oid)
    }

    /// What begins a name that sorts after those of the user's triggers.
    static func lastMark(_ others: [Identifier]) -> String? {
        ["~", "~~", "~~~~~~~~", "\u{10FFFD}"].first { mark in
            others.allSatisfy { isOurs($0) || $0 < Identifier(mark + "online_change ") }
        }
    }

    /// A name of a trigger; where it is too long, a hash keeps it apart from that of another long column.
    static func trigger(_ start: String, _ suffix: String) -> Identifier {
        let whole = Identifier(start + suffix)
        return whole.isStorable
            ? whole : Identifier(start).shortened(appending: " \(StableHash.hex(start))\(suffix)")
    }

    /// A legible start and a hash that no other table or column shares, with room for the longest suffix.
    static func stem(table: QualifiedName, replica: Identifier, oid: UInt32) -> String {
        let suffix = "_" + StableHash.hex("\(oid).\(replica.quoted)")
        let longest = "_backward_strict"
        let padded = Identifier("\(table.name).\(replica)").shortened(appending: suffix + longest)
        return String(padded.name.dropLast(longest.count))
    }

    /// A name in our schema for something that belongs to the change of a column.
    static func object(table: QualifiedName, replica: Identifier, oid: UInt32, suffix: String) -> QualifiedName {
        QualifiedName(
            schema: schema,
            name: Identifier(stem(table: table, replica: replica, oid: oid)).shortened(appending: suffix)
        )
    }

    /// Creates functions and counters; touches no table.
    public func preparation(_ pair: ColumnPair) -> [SQL] {
        conversions.flatMap(\.creation) + [inBody(pair), outBody(pair), countBody] + counter.creation
    }

    /// Creates the triggers, which fire under replication too.
    public func creation(_ pair: ColumnPair) -> [SQL] {
        [
            trigger(inInsert, "INSERT", when: throughReplicaOnInsert(pair), inFunction),
            trigger(inUpdate, "UPDATE", when: throughReplicaOnUpdate(pair), inFunction),
            trigger(out, "INSERT OR UPDATE", when: pair.unsynced("NEW."), outFunction),
            always(triggerNames),
        ]
    }

    /// Gives the functions the bodies for a pair whose names have been exchanged.
    public func exchange(_ pair: ColumnPair) -> [SQL] {
        [inBody(pair), outBody(pair)]
    }

    /// Makes functions and triggers anew for a pair in which the other column counts: where values are converted, the
    /// WHEN clauses are others than before.
    public func turn(to pair: ColumnPair) -> [SQL] {
        exchange(pair) + creation(pair)
    }

    /// Begins to count writes through the replica alone, as is due once it is the legacy name.
    public func startCounting(_ pair: ColumnPair) -> [SQL] {
        [
            trigger(countingNames[0], "INSERT", when: throughReplicaOnInsert(pair), countFunction),
            trigger(countingNames[1], "UPDATE", when: throughReplicaOnUpdate(pair), countFunction),
            always(countingNames),
            counter.reset,
        ]
    }

    /// Counts no longer.
    public var stopCounting: [SQL] {
        countingNames.map { "DROP TRIGGER IF EXISTS \($0) ON \(table)" }
    }

    /// Drops the triggers.
    public var removal: [SQL] {
        (triggerNames + countingNames).map { "DROP TRIGGER IF EXISTS \($0) ON \(table)" }
    }

    /// Drops what the triggers used.
    public var cleanup: [SQL] {
        [inFunction, outFunction, countFunction].map { "DROP FUNCTION IF EXISTS \($0)()" }
            + counter.removal + conversions.flatMap(\.removal)
    }

    private func throughReplicaOnInsert(_ pair: ColumnPair) -> SQL {
        let unsynced = pair.unsynced("NEW.")
        return "pg_catalog.num_nonnulls(NEW.\(pair.replica)) = 1 AND \(unsynced)"
    }

    private func throughReplicaOnUpdate(_ pair: ColumnPair) -> SQL {
        let unsynced = pair.unsynced("NEW.")
        let replicaChanged = pair.differ("NEW.\(pair.replica)", "OLD.\(pair.replica)")
        return "\(replicaChanged) AND NOT (\(pair.primaryChanged)) AND \(unsynced)"
    }

    private func trigger(_ name: Identifier, _ events: SQL, when: SQL, _ function: QualifiedName) -> SQL {
        """
        CREATE TRIGGER \(name) BEFORE \(events) ON \(table) FOR EACH ROW
        WHEN (\(when)) EXECUTE FUNCTION \(function)()
        """
    }

    /// In one statement: each ALTER TABLE takes as long as another, and all of them under the lock.
    private func always(_ names: [Identifier]) -> SQL {
        "ALTER TABLE \(table) \(SQL.joined(names.map { "ENABLE ALWAYS TRIGGER \($0)" as SQL }))"
    }

    private func inBody(_ pair: ColumnPair) -> SQL {
        body(inFunction, sets: pair.primary, to: pair.replica, by: pair.backward, total: false)
    }

    private func outBody(_ pair: ColumnPair) -> SQL {
        body(outFunction, sets: pair.replica, to: pair.primary, by: pair.forward, total: true)
    }

    /// An assignment converts a domain's value, and whatever the server casts by itself. A cast would look its type up
    /// by name, and a role that may write the table need have no right on the type's schema. Where functions of ours
    /// convert, the trigger runs as their owner for the same reason.
    private func body(
        _ function: QualifiedName,
        sets target: Identifier,
        to source: Identifier,
        by conversion: Conversion,
        total: Bool
    ) -> SQL {
        let value: SQL = "NEW.\(source)"
        let converted =
            conversion.isAssignment ? value : total ? conversion.total(value) : conversion.strict(value)
        let body: SQL = "BEGIN NEW.\(target) := \(converted); RETURN NEW; END"
        let rights: SQL =
            conversion.isAssignment ? "" : " SECURITY DEFINER \(FunctionSettings.pinned)"
        return """
            CREATE OR REPLACE FUNCTION \(function)() RETURNS trigger LANGUAGE plpgsql\(rights) AS \(literal: body.text)
            """
    }

    /// Sequences count without a row lock and without a transaction's end; as the owner, because the application's
    /// roles have no right on our schema. Apart from the function that assigns, whose domain checks must run as the
    /// application's role with the application's search_path.
    private var countBody: SQL {
        let body: SQL = """
            BEGIN
              \(counter.statements)
              RETURN NEW;
            END
            """
        return """
            CREATE OR REPLACE FUNCTION \(countFunction)() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS \(literal: body.text)
            """
    }
}

/// A hash that is the same in every process and version, unlike `Hasher`'s.
enum StableHash {
    /// 32 bits of FNV-1a as eight hexadecimal digits.
    static func hex(_ text: String) -> String {
        let hash = text.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
