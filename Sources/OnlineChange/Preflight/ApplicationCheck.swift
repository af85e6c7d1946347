/// What applications may notice of any backfill, though nothing of it is an error.
enum ApplicationCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        guard subject.writesRows else { return [] }
        return subject.facts.rolesWithStrictIsolation.map { role in
            .note(
                "role \(role)",
                "it defaults to REPEATABLE READ or SERIALIZABLE and may see more serialization failures (40001) "
                    + "while the backfill runs"
            )
        }
    }
}
