import Postgres

/// Looks before a rollback whether the columns are there that it renames and drops, and keeps it from dropping the last
/// one that holds the values.
struct WayBack: Sendable {
    let context: RunContext
    /// The states of the plan's steps.
    let states: [Int: String]

    private var plan: Plan { context.plan }

    /// The places of columns that can't be given back, because others dropped them.
    ///
    /// - Throws: `Failure.refused` if a column must have its name back first, or if there is nothing to go back to.
    func lost(besides gone: Set<Int>) async throws -> Set<Int> {
        let isSwapped = plan.isSwapped(states)
        var lost: Set<Int> = []
        for (place, column) in plan.columns.enumerated() where !gone.contains(place) && isBegun(place) {
            let trace = try await ColumnTrace.read(context.about(place), isSwapped: isSwapped)
            switch trace.wayBack {
            case .open: break
            case .leavesFollower where plan.companions.isEmpty || !isSwapped: lost.insert(place)
            case .leavesFollower:
                throw Failure(
                    .refused,
                    "column \(column.table).\(trace.leaderName) was dropped by someone, and the columns can only change "
                        + "places back together",
                    left: "Nothing was changed.",
                    next: "Restore it from a backup, or go on: online-change advance \(ShellWord(plan.change))"
                )
            case .needsName(let name, let now):
                throw Failure(
                    .refused,
                    "column \(column.table).\(name) is called \(now) now, and the plan's statements name it as it was",
                    left: "Nothing was changed.",
                    next:
                        "ALTER TABLE \(column.table.quoted) RENAME COLUMN \(now.quoted) TO \(name.quoted); then run the "
                        + "same command again."
                )
            case .nothingToGoBackTo(let name):
                throw Failure(
                    .refused,
                    "column \(column.table).\(name), which would take its place again, was dropped by someone: there is "
                        + "nothing to go back to",
                    left: "Nothing was changed.",
                    next: "online-change advance \(ShellWord(plan.change))"
                )
            }
        }
        return lost
    }

    /// Removes what keeps two columns equal of which one is no more, and leaves the other.
    func leave(_ place: Int) async throws {
        let column = plan.columns[place]
        let triggers = column.triggerNames + (column.dualWrite?.countingNames ?? [])
        try await context.lockGuard.run(
            GuardedTransaction(
                locks: [
                    TableLock(
                        table: column.table,
                        mode: .accessExclusive,
                        reason: "triggers are dropped; no row is touched"
                    )
                ],
                statements: triggers.map { "DROP TRIGGER IF EXISTS \($0) ON \(column.table)" } + column.cleanup
            ),
            on: context.session
        )
        let trace = try await ColumnTrace.read(context.about(place), isSwapped: plan.isSwapped(states))
        let lost = "column \(column.table).\(trace.leaderName) was dropped by someone"
        guard let follower = trace.followerName, trace.follower == .stands else {
            return await context.report(.notice("\(lost): only what the change left elsewhere was removed"))
        }
        await context.report(
            .notice(
                "\(lost): \(follower), which holds its values, is left with what was built on it; the triggers are gone"
            )
        )
    }

    private func isBegun(_ place: Int) -> Bool {
        plan.steps.contains { $0.step.column == place && states[$0.position] == "done" }
    }
}
