import Postgres

/// Looks at the server again and again, and says what holds the work back and since when.
actor ThrottleWatch {
    private let session: Session
    private let probe: ThrottleProbe
    private var wal = Timeline()
    private var transactions = Timeline()
    private var checkpoints = CheckpointCount()
    private var commits = CommitLatency()
    private var holds = Holds()
    /// What the last look gave.
    private(set) var seen: Throttle.Look?
    private let start = ContinuousClock.now

    /// - Parameter session: of the login role, which sees more of others' activity than the table's owner may.
    init(session: Session, parameters: ConnectionParameters, owner: Identifier) {
        self.session = session
        probe = ThrottleProbe(parameters: parameters, owner: owner)
    }

    /// What holds the work back now.
    ///
    /// - Parameters:
    ///   - ours: server processes of the workers.
    ///   - sizes: reads how much the table has grown; nil for work that makes nothing grow.
    func look(
        _ controls: Controls,
        ours: [Int],
        among considered: Set<Throttle.Signal> = Set(Throttle.Signal.allCases),
        growth: (@Sendable () async throws -> BackfillGrowth?)? = nil
    ) async throws -> [HeldBack] {
        let limits = controls.limits
        var look = try await Throttle.look(session, ours: ours)
        let oldest = try await OldestSnapshot.read(session, ours: ours)
        let now = (ContinuousClock.now - start).seconds
        wal.add(look.wal, at: now)
        transactions.add(oldest.next, at: now)
        checkpoints.add(requested: look.requestedCheckpoints, wal: look.wal, at: now)
        if let replayed = look.replayed, let reported = look.signals.lagTime.value {
            look.signals.lagTime.value = max(reported, seconds(wal.age(of: replayed, at: now)))
        }
        look.signals.checkpoints.value = Double(checkpoints.count(maxWAL: look.maxWAL))
        look.signals.snapshot = Throttle.Reading(value: age(oldest, at: now), holder: oldest.holder)
        look.signals.commitTime.value = commits.seconds
        if let hours = limits.hours, hours != .always {
            look.signals.minute = try await Throttle.minute(hours, on: session)
        }
        if limits[.growth] != .off, let growth {
            let grown = try await growth()
            look.signals.heapGrowth.value = grown?.heap
            look.signals.indexGrowth.value = grown?.indexes
        }
        if let query = limits.probe { look.signals.answer = try await probe.ask(query) }
        seen = look
        return holds.update(Throttle.reasons(look.signals, controls: controls, among: considered), at: now)
    }

    /// Takes note of a commit of ours, in seconds.
    func committed(in seconds: Double) {
        commits.add(seconds)
    }

    /// Ends the session that asks the user's query.
    func close() async {
        await probe.close()
    }

    private func seconds(_ age: Timeline.Age) -> Double {
        switch age {
        case .seconds(let seconds), .more(than: let seconds): seconds
        }
    }

    /// A snapshot that is younger than our first look is as old as its horizon; of an older one the server may tell.
    private func age(_ oldest: OldestSnapshot, at now: Double) -> Double {
        switch transactions.age(of: oldest.horizon, at: now) {
        case .seconds(let seconds): seconds
        case .more(than: let seconds): max(seconds, oldest.seconds ?? 0)
        }
    }
}
