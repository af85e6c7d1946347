/// What monitoring is told of a database's changes. Pure: statuses in, text out.
public struct Metrics: Sendable {
    /// A change, and what the ledger has of it beside its status.
    struct Change: Sendable {
        let status: ChangeStatus
        let recipe: String
        /// Seconds since 1970.
        let started: Double
        let finished: Double?
        /// When its runner last gave a sign; nil if none has it.
        let heartbeat: Double?
        /// Seconds that steps waited for locks, and how often they tried again.
        let lockWait: Double
        let lockRetries: Int
        /// The last comparison of whole tables.
        let verification: Verification?

        struct Verification: Sendable {
            let ended: Double
            let rows: Int
            let remaining: Int
        }
    }

    /// The database's name: several databases' metrics can lie side by side.
    let database: String
    let changes: [Change]

    /// The metrics in the text format that Prometheus reads.
    public var text: String { families.map(\.text).joined() }

    /// All families; those that nothing can be said of now are empty.
    var families: [MetricFamily] {
        [count] + life + backfill + server + waiting
    }

    private var count: MetricFamily {
        MetricFamily(
            name: "online_change_unfinished_changes",
            kind: .gauge,
            help: "Changes that are neither finished nor rolled back.",
            samples: [
                MetricFamily.Sample(
                    labels: [.init(name: "database", value: database)],
                    value: Double(changes.filter { $0.finished == nil }.count)
                )
            ]
        )
    }

    private var life: [MetricFamily] {
        [
            family("info", "What the change is and how it stands; always 1.", more: ["state", "phase"]) { change in
                let reached = change.status.phases.last { $0.state == "reached" }?.name ?? ""
                return [([change.status.state, reached], 1)]
            },
            family("phase_reached", "Whether the phase is reached.", more: ["phase"]) { change in
                change.status.phases.map { ([$0.name], $0.state == "reached" ? 1 : 0) }
            },
            family("started_timestamp_seconds", "When the change was started.") { $0.started },
            family("finished_timestamp_seconds", "When the change was finished or rolled back.") { $0.finished },
            family("running", "Whether a runner is at work and has given a sign in the last ten seconds.") {
                $0.status.isRunning ? 1 : 0
            },
            family("heartbeat_timestamp_seconds", "When the runner that has the change last gave a sign.") {
                $0.heartbeat
            },
            family("failed", "Whether the last run stopped with an error.") { $0.status.error == nil ? 0 : 1 },
            family("lock_wait_seconds_total", "Time that the change's steps have waited for locks.", .counter) {
                $0.lockWait
            },
            family("lock_retries_total", "Times that the change's steps had to ask for locks again.", .counter) {
                Double($0.lockRetries)
            },
            family("legacy_writes_total", "Writes through the legacy column alone since the swap.", .counter) {
                $0.status.legacyWrites.map { Double($0.count) }
            },
            family("verified_rows", "Rows that the last comparison of the whole table read.") {
                $0.verification.map { Double($0.rows) }
            },
            family("verification_differences", "Rows that still differed after the last comparison.") {
                $0.verification.map { Double($0.remaining) }
            },
            family("verification_timestamp_seconds", "When the last comparison of the whole table ended.") {
                $0.verification?.ended
            },
        ]
    }

    private var backfill: [MetricFamily] {
        [
            family("backfill_progress_ratio", "Part of the table that the backfill has been through, 0 to 1.") {
                Self.backfill($0)?.fraction
            },
            family("backfill_rows_total", "Rows that the backfill has written.", .counter) {
                Self.backfill($0).map { Double($0.rows) }
            },
            family("backfill_remaining_seconds", "Estimate of the time that the backfill still needs.") {
                Self.backfill($0)?.remaining
            },
            family("backfill_wal_bytes_total", "WAL written during the backfill's batches.", .counter) {
                $0.status.health.map { Double($0.wal) }
            },
        ]
    }

    /// The status tells of what is under way, which may be a comparison or an index.
    private static func backfill(_ change: Change) -> Progress? {
        change.status.progress.flatMap { $0.activity.hasPrefix("backfill") ? $0 : nil }
    }

    private var server: [MetricFamily] {
        [
            family("hot_update_ratio", "Part of the updates since the backfill began that touched no index.") {
                $0.status.health?.hotShare
            },
            family("heap_growth_ratio", "Growth of the table since the backfill began: 0.1 is 10 %.") {
                $0.status.health?.heapGrowth
            },
            family("index_growth_ratio", "Growth of the table's indexes since the backfill began.") {
                $0.status.health?.indexGrowth
            },
            family("dead_rows", "Rows of the table that wait for vacuum.") {
                $0.status.health?.deadTuples.map { Double($0) }
            },
            family("oldest_snapshot_seconds", "Age of the oldest snapshot, which keeps dead rows from being reused.") {
                $0.status.health?.oldestSnapshot?.seconds
            },
        ]
    }

    private var waiting: [MetricFamily] {
        [
            family("paused", "Whether the change is paused.") { $0.status.isPaused ? 1 : 0 },
            family("waiting", "Whether a runner is at work and waits for something.") {
                $0.status.isRunning && $0.status.waiting != nil ? 1 : 0
            },
            family("held_back_seconds", "For how long a signal has held the work back.", more: ["signal"]) { change in
                change.status.heldBack.map { ([$0.signal], $0.seconds) }
            },
        ]
    }

    private func family(
        _ name: String,
        _ help: String,
        _ kind: MetricFamily.Kind = .gauge,
        value: (Change) -> Double?
    ) -> MetricFamily {
        family(name, help, kind, more: []) { change in value(change).map { [([], $0)] } ?? [] }
    }

    private func family(
        _ name: String,
        _ help: String,
        _ kind: MetricFamily.Kind = .gauge,
        more: [String],
        values: (Change) -> [([String], Double)]
    ) -> MetricFamily {
        MetricFamily(
            name: "online_change_\(name)",
            kind: kind,
            help: help,
            samples: changes.flatMap { change in
                values(change).map { labels, value in
                    MetricFamily.Sample(
                        labels: self.labels(change)
                            + zip(more, labels).map { MetricFamily.Label(name: $0, value: $1) },
                        value: value
                    )
                }
            }
        )
    }

    /// The number tells changes apart that have had the same name one after the other.
    private func labels(_ change: Change) -> [MetricFamily.Label] {
        [
            .init(name: "database", value: database), .init(name: "change", value: change.status.change),
            .init(name: "number", value: String(change.status.number)),
            .init(name: "table", value: change.status.table),
            .init(name: "recipe", value: change.recipe),
        ]
    }
}
