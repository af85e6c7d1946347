/// Table-level lock modes that our statements take (PostgreSQL documentation, 13.3.1).
public enum LockMode: String, Codable, Hashable, Sendable {
    /// Conflicts with vacuum and other DDL, with no reader or writer.
    case shareUpdateExclusive = "SHARE UPDATE EXCLUSIVE"
    /// Conflicts with writers, not with readers.
    case shareRowExclusive = "SHARE ROW EXCLUSIVE"
    /// Conflicts with everything, `SELECT` included.
    case accessExclusive = "ACCESS EXCLUSIVE"

    /// The modes, as `pg_locks.mode` spells them, whose holders this mode waits for.
    public var conflicting: [String] {
        switch self {
        case .shareUpdateExclusive:
            ["ShareUpdateExclusiveLock", "ShareLock"] + Self.exclusive
        case .shareRowExclusive:
            ["RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock"] + Self.exclusive
        case .accessExclusive:
            ["AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock"]
                + Self.exclusive
        }
    }

    private static let exclusive = ["ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"]

    /// Whom a holder keeps waiting.
    public var keepsWaiting: String {
        switch self {
        case .shareUpdateExclusive: "no reader and no writer waits"
        case .shareRowExclusive: "writers wait while it is held"
        case .accessExclusive: "readers and writers wait while it is held"
        }
    }
}
