/// Triggers that fire in sessions that act as a replica, which is how the backfill keeps the other ones still.
enum AlwaysTriggerCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        guard subject.writesRows, subject.facts.canSilenceTriggers, let number = subject.column?.number else {
            return []
        }
        return subject.table.triggers
            .filter { ["A", "R"].contains($0.enabled) && $0.type & 16 != 0 && !DualWrite.isOurs($0.name) }
            .filter { $0.updateOf.isEmpty || $0.updateOf.contains(number) }
            .map { trigger in
                .note(
                    "trigger \(trigger.name)",
                    "it is ENABLE \(trigger.enabled == "A" ? "ALWAYS" : "REPLICA") and fires for every row that the "
                        + "backfill writes"
                )
            }
    }
}
