import Postgres

extension Plan {
    /// The plan for people: every phase, statement, lock with its reason, and undo.
    public var text: String {
        var lines = [
            "\(recipe) \(table): \(outcome.text)",
            "change \(change); about \(Count.text(max(0, Int(estimatedRows)))) rows, \(Bytes.text(heapBytes)); "
                + "nothing has been touched",
        ]
        lines += companions.map { "with \($0.table): \($0.names.original)" }
        if !findings.isEmpty {
            lines += ["", "Worth knowing"]
            lines += findings.map { finding in
                let mark = finding.consequence == .acknowledge ? "acknowledged: " : ""
                return "  - \(mark)\(finding.object): \(finding.message)"
            }
        }
        var position = 0
        for phase in phases {
            lines += ["", "\(phase.name): \(phase.summary)"]
            for step in phase.steps {
                position += 1
                lines += ["", "  \(position). \(step.title)"]
                lines += step.action.description(indent: "     ")
                if let undo = step.undo {
                    lines.append("     undo:")
                    lines += step.undoPreparation.flatMap { $0.description(indent: "       ") }
                    lines += undo.description(indent: "       ")
                } else {
                    lines.append("     undo: \(phase.isFinal ? "none, there is no way back" : "none needed")")
                }
            }
            if let gate = phase.gate { lines += ["", "  before the next phase:"] + gate.lines(indent: 4) }
        }
        return lines.joined(separator: "\n")
    }
}

extension Action {
    /// Locks, conditions and statements, a line each.
    func description(indent: String) -> [String] {
        let statements = statements.flatMap { statement in
            (statement.text + ";").split(separator: "\n").enumerated().map {
                $0.offset == 0 ? "| \($0.element)" : "|   \($0.element)"
            }
        }
        return (facts + statements).map { indent + $0 }
    }

    /// Locks and conditions, a line each.
    var facts: [String] {
        var lines: [String] = []
        switch self {
        case .transaction(let transaction):
            lines += transaction.locks.map {
                "first: SHARE UPDATE EXCLUSIVE on \($0.table), which makes an autovacuum leave (no reader and no writer waits)"
            }
            lines += transaction.locks.map {
                "lock: \($0.mode.rawValue) on \($0.table) for a few milliseconds (\($0.mode.keepsWaiting)): \($0.reason)"
            }
            lines += transaction.conditions.map { "only if: \($0.text)" }
        case .buildIndex, .dropIndex:
            if case .buildIndex(let build) = self, let tablespace = build.tablespace {
                lines.append("in tablespace \(tablespace)")
            }
            lines.append(
                "lock: SHARE UPDATE EXCLUSIVE on the table for as long as it takes (no reader and no writer waits)"
            )
        case .validate(let validation):
            lines.append(
                "lock: SHARE UPDATE EXCLUSIVE on \(validation.table) for as long as it takes (no reader and no writer waits)"
            )
        case .buildPartitionedIndex(let build):
            if let tablespace = build.tablespace { lines.append("in tablespace \(tablespace)") }
            lines.append(
                "lock: SHARE ROW EXCLUSIVE on \(build.table) alone for a few milliseconds (writers wait while it is held)"
            )
            lines.append(
                "lock: SHARE UPDATE EXCLUSIVE on each partition for as long as it takes (no reader and no writer waits)"
            )
            lines.append("lock: ACCESS EXCLUSIVE on each new index for a few milliseconds while it is attached")
        case .copyPartitionIndexes(let copies):
            lines.append("for each index with \(copies.from) that a partition has of its own when this runs")
            lines.append(
                "lock: SHARE UPDATE EXCLUSIVE on the partition for as long as it takes (no reader and no writer waits)"
            )
        case .buildKeyIndexes:
            lines.append("for each partition that there is when this runs: its part of the key is made from it at swap")
            lines.append(
                "lock: SHARE UPDATE EXCLUSIVE on the partition for as long as it takes (no reader and no writer waits)"
            )
        case .vacuum(let table):
            lines.append(
                "lock: SHARE UPDATE EXCLUSIVE on \(table) for as long as it takes (no reader and no writer waits)"
            )
        case .backfill(let backfill):
            lines.append("lock: rows of one batch, each batch a transaction of some 25 ms; unsynced rows only")
            lines.append("order: \(backfill.striping.text)")
            lines.append(
                "lock: SHARE UPDATE EXCLUSIVE on \(backfill.table) while it is vacuumed, at each quarter of a heap of "
                    + "\(Bytes.text(VacuumSchedule.smallest * 8192)) or more (no reader and no writer waits)"
            )
        case .verify:
            lines.append("lock: none; ranges of some 100 ms")
        }
        return lines
    }
}

extension Condition {
    /// The condition in words.
    var text: String {
        switch self {
        case .verified:
            "a comparison of all rows found no difference, the triggers are untouched since, and no older snapshot is open"
        case .comesBack: "every value fits the original type"
        case .triggerBodiesKnow(let both, let and):
            "every trigger function of the table that mentions \(both) mentions \(and) too"
        case .triggerBodiesForgot(let name):
            "no trigger function of the table mentions \(name)"
        case .keyIndexes(let build): "every partition has its index \(build.stem)_…"
        }
    }
}
