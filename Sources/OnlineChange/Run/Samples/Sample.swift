/// How the work went during some seconds: a backfill's or a comparison's.
public struct Sample: Codable, Hashable, Sendable {
    /// What was done.
    public var activity: Activity
    /// The step's place in the plan; 0 for a comparison that `verify` asked for.
    public var position: Int
    /// When it was written first, in seconds since 1970 by the server's clock.
    public var at: Double
    /// Seconds that it covers.
    public var span: Double
    /// Seconds of these in which nothing held the work back.
    public var worked: Double
    /// Rows written or compared in them.
    public var rows: Int
    /// Batches, or ranges that were read.
    public var batches: Int
    /// Seconds that the batches took, all workers' together.
    public var busy: Double
    /// Bytes of WAL that the server wrote meanwhile, whoever for.
    public var wal: Int
    /// The part of the step that was done at its end, 0 to 1.
    public var fraction: Double
    /// How many worked at once.
    public var workers: Int
    /// The largest lag of the slowest standby in bytes of WAL; nil without any, or if it can't be seen.
    public var lagBytes: Int?
    /// The same in seconds.
    public var lagSeconds: Double?
    /// The signals that held the work back, the last ones if there were several; nil for none.
    public var held: String?

    /// What takes long enough to be worth samples.
    public enum Activity: String, Codable, Sendable {
        case backfill, compare
    }

    /// Rows a second of the time that was worked; nil if none was.
    public var rate: Double? { worked > 0 ? Double(rows) / worked : nil }
    /// Seconds that a batch took; nil if there was none.
    public var batchTime: Double? { batches > 0 ? busy / Double(batches) : nil }

    /// This one and a later one as one.
    func merged(with later: Sample) -> Sample {
        var sum = later
        sum.at = at
        sum.span += span
        sum.worked += worked
        sum.rows += rows
        sum.batches += batches
        sum.busy += busy
        sum.wal += wal
        sum.workers = max(workers, later.workers)
        sum.lagBytes = [lagBytes, later.lagBytes].compactMap { $0 }.max()
        sum.lagSeconds = [lagSeconds, later.lagSeconds].compactMap { $0 }.max()
        sum.held = later.held ?? held
        return sum
    }
}
