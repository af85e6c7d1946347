import Postgres

/// The samples of a change in the ledger.
struct SampleLedger: Sendable {
    let session: Session
    let change: Int

    /// Writes a sample into its place at every resolution, or adds it to what the same part of time has there already.
    ///
    /// - Parameters:
    ///   - epoch: of the runner; one that was taken over writes none.
    ///   - time: seconds since 1970; nil for the server's clock.
    func write(_ sample: Sample, epoch: Int, at time: Double? = nil) async throws {
        let isSame: SQL = """
            floor(extract(epoch FROM s.at) / s.seconds) = floor(extract(epoch FROM excluded.at) / s.seconds)
            """
        func sum(_ column: Identifier) -> SQL {
            "\(column) = excluded.\(column) + CASE WHEN \(isSame) THEN s.\(column) ELSE 0 END"
        }
        func greatest(_ column: Identifier) -> SQL {
            "\(column) = greatest(excluded.\(column), CASE WHEN \(isSame) THEN s.\(column) END)"
        }
        let sums = SQL.joined(["span", "worked", "rows", "batches", "busy", "wal"].map(sum), separator: ", ")
        let peaks = SQL.joined(["workers", "lag_bytes", "lag_seconds"].map(greatest), separator: ", ")
        try await session.run(
            """
            INSERT INTO online_change.sample AS s
              (change_id, activity, seconds, slot, at, position, span, worked, rows, batches, busy, wal, fraction, workers,
               lag_bytes, lag_seconds, held)
            SELECT c.id, \(sample.activity.rawValue), r.seconds, (floor(now.time / r.seconds)::bigint % r.slots)::int,
                   to_timestamp(now.time), \(sample.position), \(sample.span), \(sample.worked), \(sample.rows),
                   \(sample.batches), \(sample.busy), \(sample.wal), \(sample.fraction), \(sample.workers),
                   \(sample.lagBytes)::bigint, \(sample.lagSeconds)::float8, \(sample.held)::text
            FROM online_change.change c,
              (SELECT coalesce(\(time)::float8, extract(epoch FROM clock_timestamp())::float8) AS time) AS now,
              unnest(\(SampleResolution.all.map(\.seconds))::int[], \(SampleResolution.all.map(\.slots))::int[])
                AS r(seconds, slots)
            WHERE c.id = \(change) AND c.epoch = \(epoch)
            ON CONFLICT (change_id, activity, seconds, slot) DO UPDATE SET
              at = CASE WHEN \(isSame) THEN s.at ELSE excluded.at END, position = excluded.position,
              fraction = excluded.fraction, held = coalesce(excluded.held, CASE WHEN \(isSame) THEN s.held END),
              \(sums), \(peaks)
            """
        )
    }

    /// All samples of an activity, each as fine as it is kept, the oldest first.
    func series(_ activity: Sample.Activity) async throws -> [Sample] {
        var samples: [SampleResolution: [Sample]] = [:]
        for row in try await rows(activity, SampleResolution.all) {
            let seconds: Int = try row["seconds"]
            guard let resolution = SampleResolution.all.first(where: { $0.seconds == seconds }) else { continue }
            samples[resolution, default: []].append(try Sample(row, activity))
        }
        return SampleSeries.joined(samples)
    }

    /// The latest of an activity by the second, and by ten: enough to tell how it goes now.
    ///
    /// - Returns: none where the ledger is of a version that keeps none, or this role may not read them.
    func recent(_ activity: Sample.Activity) async throws -> [Sample] {
        do {
            let rows = try await rows(activity, Array(SampleResolution.all.prefix(1)))
            return try rows.map { try Sample($0, activity) }.sorted { $0.at < $1.at }
        } catch let error as PostgresError where error.state == .insufficientPrivilege || error.state == .undefinedTable
        {
            return []
        }
    }

    private func rows(_ activity: Sample.Activity, _ resolutions: [SampleResolution]) async throws -> [Row] {
        try await session.run(
            """
            SELECT seconds, extract(epoch FROM at)::float8 AS at, position, span, worked, rows, batches, busy, wal, fraction,
                   workers, lag_bytes, lag_seconds, held
            FROM online_change.sample
            WHERE change_id = \(change) AND activity = \(activity.rawValue)
              AND seconds = ANY (\(resolutions.map(\.seconds))::int[])
            """
        ).rows
    }
}

extension Sample {
    fileprivate init(_ row: Row, _ activity: Activity) throws {
        self.init(
            activity: activity,
            position: try row["position"],
            at: try row["at"],
            span: try row["span"],
            worked: try row["worked"],
            rows: try row["rows"],
            batches: try row["batches"],
            busy: try row["busy"],
            wal: try row["wal"],
            fraction: try row["fraction"],
            workers: try row["workers"],
            lagBytes: try row["lag_bytes"],
            lagSeconds: try row["lag_seconds"],
            held: try row["held"]
        )
    }
}
