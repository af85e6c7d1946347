import Postgres

/// One client of a workload: sends random operations, one after another, and keeps what its rows must hold.
actor WorkloadClient {
    nonisolated let name: String
    private let statements: ClientStatements
    private let session: ClientSession
    private let options: WorkloadOptions
    private var random: SeededGenerator
    private var isStopping = false
    private var valuesMade = 0
    private(set) var rows: ClientRows
    private var counts = Tally()

    init(
        name: String,
        statements: ClientStatements,
        rows: ClientRows,
        parameters: ConnectionParameters,
        seed: UInt64,
        options: WorkloadOptions
    ) {
        self.name = name
        self.statements = statements
        self.rows = rows
        self.options = options
        session = ClientSession(client: name, statements: statements, parameters: parameters)
        random = SeededGenerator(seed: seed)
    }

    /// The counts so far.
    var tally: Tally {
        get async {
            var sum = counts
            sum.add(await session.tally)
            return sum
        }
    }

    /// Lets the operation that runs now be the last.
    func stop() {
        isStopping = true
    }

    /// Runs until `stop`; may then be run again.
    func run() async {
        let clock = ContinuousClock()
        var due = clock.now
        while !isStopping {
            if await session.connect() {
                await perform(.random(using: &random))
            } else {
                try? await clock.sleep(for: .milliseconds(50))
            }
            if let rate = options.operationsPerSecond {
                // What a stall has missed is not made up for by a burst.
                due = max(clock.now, due + .seconds(1 / rate))
                try? await clock.sleep(until: due)
            }
        }
        await session.close()
        isStopping = false
    }

    private func perform(_ operation: ClientOperation) async {
        switch operation {
        case .insert:
            await write(.insert, rows.takeNewKey())
        case .updateOwn:
            if let key = rows.anyLive(using: &random) { await write(.update, key) }
        case .updateExisting:
            if let key = rows.anyExisting(using: &random) { await write(.update, key) }
        case .readOwn:
            if let key = rows.anyLive(using: &random) { await read(key) }
        case .readExisting:
            if let key = rows.anyExisting(using: &random) { await read(key) }
        case .upsert:
            let live = Bool.random(using: &random) ? rows.anyLive(using: &random) : nil
            await write(.upsert, live ?? rows.takeNewKey())
        case .delete:
            if let key = rows.anyLive(using: &random) { await write(.delete, key) }
        case .transaction:
            await transaction(endingIn: "COMMIT")
        case .rolledBack:
            await transaction(endingIn: "ROLLBACK")
        }
    }

    private func read(_ key: Int) async {
        guard case .done(let result) = await session.send(.read, key: key) else { return }
        let content = (try? result.rows.first.map { RowContent.holding(try $0.first()) }) ?? .absent
        counts.reads += 1
        guard let state = rows.states[key] else {
            rows.set(key, to: content)
            return
        }
        if !state.allows(content) {
            counts.countWrongRead("\(name): key \(key) is \(content), must be \(state)")
        }
    }

    private func write(_ kind: ClientStatements.Kind, _ key: Int) async {
        let change = makeChange(kind, key)
        switch await session.send(kind, key: key, value: change.value) {
        case .done(let result): acknowledge([(change, result.affected)])
        case .refused: break
        case .unknown: doubt([change])
        }
    }

    /// A few rows at once: all of them are acknowledged, or none.
    private func transaction(endingIn end: SQL) async {
        guard case .done = await session.send(Query("BEGIN")) else { return }
        var changes: [(change: RowChange, affected: Int)] = []
        for key in Set((0..<3).compactMap { _ in rows.anyLive(using: &random) }).sorted() {
            changes.append((makeChange(.update, key), 0))
        }
        changes.append((makeChange(.insert, rows.takeNewKey()), 0))
        for index in changes.indices {
            let change = changes[index].change
            guard case .done(let result) = await session.send(change.kind, key: change.key, value: change.value) else {
                // Nothing was asked to be committed, so even a lost connection leaves no doubt.
                _ = await session.send(Query("ROLLBACK"))
                return
            }
            changes[index].affected = result.affected
        }
        let outcome = await session.send(Query(end))
        guard end == "COMMIT" else {
            counts.rolledBack += 1
            return
        }
        switch outcome {
        case .done: acknowledge(changes)
        case .refused: break
        case .unknown: doubt(changes.map(\.change))
        }
    }

    private func acknowledge(_ changes: [(change: RowChange, affected: Int)]) {
        for (change, affected) in changes {
            if affected == 1 {
                counts.acknowledgedWrites += 1
                rows.set(change.key, to: change.content)
            } else if case .known(.holding) = rows.states[change.key] {
                counts.countWrongRead("\(name): \(change.kind) of key \(change.key) touched \(affected) rows")
            }
        }
    }

    private func doubt(_ changes: [RowChange]) {
        for change in changes {
            counts.unknownOutcomes += 1
            rows.mayHaveSet(change.key, to: change.content)
        }
    }

    private func makeChange(_ kind: ClientStatements.Kind, _ key: Int) -> RowChange {
        RowChange(kind: kind, key: key, value: kind == .delete ? nil : makeValue())
    }

    // Values differ from each other, so that a lost update can't be mistaken for a repeated one; some need quoting.
    private func makeValue() -> String? {
        valuesMade += 1
        let draw = UInt64.random(in: 0..<64, using: &random)
        if draw == 0, options.writesNulls { return nil }
        // Long enough that clients don't meet under a unique constraint either.
        let mark = String(random.next() >> 16, radix: 36)
        return "\(String(valuesMade, radix: 36))-\(mark)" + (draw < 4 ? " é'\\" : "")
    }
}
