/// Says when a relation is to be vacuumed while it is backfilled: at every quarter but the last.
///
/// What is done can then take in rows that the rest has no room for. The last quarter needs none: nothing is left that
/// could use the room, and the plan vacuums the table once more when its indexes are complete. Pure.
struct VacuumSchedule: Hashable, Sendable {
    /// Smaller heaps, in blocks, have little to gain.
    static let smallest = 1024

    private var quarters: [UInt32: Int] = [:]
    private var due: [HeapRelation] = []

    /// Takes note of what a former run has done, from 0 to 1.
    mutating func begin(_ relation: HeapRelation, done: Double) {
        guard relation.blocks >= Self.smallest else { return }
        quarters[relation.oid] = Self.quarter(done)
    }

    /// Takes note of what is done now.
    mutating func advance(_ relation: HeapRelation, done: Double) {
        guard let last = quarters[relation.oid], Self.quarter(done) > last else { return }
        quarters[relation.oid] = Self.quarter(done)
        guard Self.quarter(done) < 4, !due.contains(relation) else { return }
        due.append(relation)
    }

    /// The next relation to be vacuumed.
    mutating func take() -> HeapRelation? {
        due.isEmpty ? nil : due.removeFirst()
    }

    private static func quarter(_ done: Double) -> Int { Int(done * 4 + 1e-9) }
}
