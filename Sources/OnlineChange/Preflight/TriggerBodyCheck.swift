import Postgres

/// Routines that name the column in their text, which the server doesn't follow.
enum TriggerBodyCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        let mentioning = subject.table.routines.filter { $0.mentions(subject.from) }
        return mentioning.map { routine in
            let object = "function \(routine.identity)"
            guard routine.isTriggerFunction else {
                return .note(
                    object,
                    "its body mentions \(subject.from) and the table; it must use \(subject.to) before drop"
                )
            }
            return .note(
                object,
                "it is a trigger of the table and mentions \(subject.from): it must handle both names before swap, "
                    + "and \(subject.to) alone before drop"
            )
        }
    }

    /// Trigger functions that would go wrong at the swap: they handle the old name, which then is the column that
    /// follows, and not the new one.
    static func beforeSwap(_ routines: [Routine], from: Identifier, to: Identifier) -> [Finding] {
        routines.filter { $0.isTriggerFunction && $0.mentions(from) && !$0.mentions(to) }.map { routine in
            Finding.acknowledge(
                "function \(routine.identity)",
                "it is a trigger of the table and mentions \(from), which from swap on only follows \(to): what it does "
                    + "to \(from) would be undone",
                wayOut: "Have it handle both names"
            )
        }
    }

    /// Trigger functions that would fail once the legacy column is gone.
    static func beforeDrop(_ routines: [Routine], legacy: Identifier) -> [Finding] {
        routines.filter { $0.isTriggerFunction && $0.mentions(legacy) }.map { routine in
            Finding.acknowledge(
                "function \(routine.identity)",
                "it is a trigger of the table and mentions \(legacy): every write would fail once that is gone",
                wayOut: "Have it use the new name alone"
            )
        }
    }
}
