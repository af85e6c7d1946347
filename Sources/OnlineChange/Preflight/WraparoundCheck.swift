/// Transaction numbers so old that vacuums against wraparound have the table, which give way to no lock.
enum WraparoundCheck: PreflightCheck {
    /// From here on the server does nothing but save itself (`vacuum_failsafe_age`), and our batches use numbers up.
    static let limit = 1_600_000_000

    static func findings(_ subject: PreflightSubject) -> [Finding] {
        let table = subject.table
        let object = "table \(table.name)"
        let age = Count.text(table.transactionAge)
        if table.transactionAge > limit {
            return [
                .refused(
                    object,
                    "its oldest transaction number is \(age) old, close to wraparound, and a change would use up more",
                    wayOut: "VACUUM (FREEZE) \(table.name.quoted); first."
                )
            ]
        }
        guard table.transactionAge > table.freezeMaxAge else { return [] }
        return [
            .note(
                object,
                "its oldest transaction number is \(age) old: an autovacuum that prevents wraparound is due or running, "
                    + "and locks are not to be had until it has ended"
            )
        ]
    }
}
