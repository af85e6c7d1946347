import Postgres

/// Looks through a whole table for rows in which a column is NULL, before a change that would refuse them.
///
/// In ranges of some 100 ms, as the comparison reads: it locks nothing and holds back no vacuum. A table without NULLs is
/// read to its end, for only that proves it, and takes what one sequential scan takes; once there is one NULL, what is
/// left to find out is no more than a number, and ten seconds are enough for that.
struct NullLook {
    let session: Session
    let table: TableSnapshot
    let column: Column
    let report: @Sendable (Event) async -> Void

    /// What was found.
    struct Found: Hashable, Sendable {
        var rows = 0
        var nulls = 0
        /// Keys of the first ones.
        var keys: [String] = []
        /// Whether the table was read to its end.
        var isWhole = false
    }

    private static let shownKeys = 5
    private static let secondsOnceFound = 10.0

    func run() async throws -> Found {
        var found = Found()
        var servo = ChunkServo(target: 0.1, first: 128, limit: 65536)
        var pace = Pace()
        var firstFound: ContinuousClock.Instant?
        let relations = try await HeapRelation.all(of: table.oid, on: session)
        let total = relations.reduce(0) { $0 + $1.blocks }
        var before = 0
        for relation in relations {
            var block = 0
            while block < relation.blocks {
                if let firstFound, (ContinuousClock.now - firstFound).seconds > Self.secondsOnceFound { return found }
                let range = block..<min(relation.blocks, block + servo.next)
                let start = ContinuousClock.now
                try await read(range, of: relation.name, &found)
                servo.took((ContinuousClock.now - start).seconds, blocks: range.count)
                if found.nulls > 0 { firstFound = firstFound ?? .now }
                block = range.upperBound
                let fraction = Double(before + block) / Double(total)
                if let progress = pace.progress("look for NULL", fraction, rows: found.rows, isHeld: false) {
                    await report(.progress(progress))
                }
            }
            before += relation.blocks
        }
        found.isWhole = true
        return found
    }

    private func read(_ range: Range<Int>, of relation: QualifiedName, _ found: inout Found) async throws {
        let place = Block.condition(range)
        let row = try await session.run(
            """
            SELECT count(*) AS rows, count(*) FILTER (WHERE \(column.isNull())) AS nulls
            FROM \(relation) AS t WHERE \(place)
            """
        ).rows[0]
        let nulls: Int = try row["nulls"]
        found.rows += try row["rows"]
        found.nulls += nulls
        guard nulls > 0, found.keys.count < Self.shownKeys else { return }
        found.keys += try await session.run(
            """
            SELECT \(Verification.keyText(table.primaryKey)) AS key FROM \(relation) AS t
            WHERE \(place) AND \(column.isNull()) ORDER BY t.ctid LIMIT \(Self.shownKeys - found.keys.count)
            """
        ).rows.map { try $0["key"] }
    }
}
