/// Standbys that lag, and a synchronous one that isn't there.
enum ReplicationAilments: DoctorCheck {
    static func ailments(_ subject: DoctorSubject) async throws -> [Ailment] {
        // A standby writes no WAL of which it could tell.
        guard !subject.facts.isInRecovery else { return [] }
        let signals = try await Throttle.look(subject.session, ours: []).signals
        var found: [Ailment] = []
        if signals.lacksSynchronousStandby {
            found.append(
                .blocks(
                    "setting synchronous_standby_names",
                    "\(Throttle.noSynchronousStandby): commits wait, the application's and those that end a phase",
                    "Bring the standby back, or take it out of synchronous_standby_names and reload."
                )
            )
        }
        if let standby = signals.lag.holder {
            if let bytes = signals.lag.value, bytes > LimitName.lag.standard.number ?? 0 {
                found.append(
                    .hurts(
                        standby,
                        "it has \(Bytes.text(Int(bytes))) of WAL still to replay; a backfill is held back above "
                            + LimitName.lag.text(LimitName.lag.standard),
                        "See what it waits for: pg_stat_replication here, long queries there."
                    )
                )
            } else if signals.lag.value == nil {
                found.append(
                    .hurts(standby, "this role can't see how far it lags", "GRANT pg_monitor to the role.")
                )
            }
        }
        return found
    }
}
