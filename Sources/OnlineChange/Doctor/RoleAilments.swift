/// Settings of roles and databases under which an application's statements would feel a change.
enum RoleAilments: DoctorCheck {
    /// The longest that we keep anyone waiting unless told otherwise, in milliseconds.
    private static let wait = 100

    static func ailments(_ subject: DoctorSubject) async throws -> [Ailment] {
        ApplicationCheck.findings(PreflightSubject(any: subject.table ?? .none(owner: subject.facts.user), subject))
            .map { Ailment($0) }
            + subject.roleSettings.compactMap(ailment)
    }

    private static func ailment(_ setting: RoleSetting) -> Ailment? {
        guard let milliseconds = ServerDuration.milliseconds(setting.value), milliseconds > 0 else { return nil }
        let object = "\(setting.roleOID == 0 ? "" : "role ")\(setting.role)"
        switch setting.name {
        case "lock_timeout" where milliseconds <= wait, "statement_timeout" where milliseconds <= wait * 2:
            return .hurts(
                object,
                "\(setting.name) is \(setting.value): its statements may fail where they wait for a change's locks, which "
                    + "take up to \(wait) ms",
                "Start changes with --lock-timeout \(max(1, milliseconds / 2)), or give it a longer one."
            )
        case "deadlock_timeout" where milliseconds < wait:
            return .worthKnowing(
                object,
                "deadlock_timeout is \(setting.value): batches of a backfill take half of that at the most, and are small",
                "Nothing need be done; a longer one makes backfills faster."
            )
        default: return nil
        }
    }
}
