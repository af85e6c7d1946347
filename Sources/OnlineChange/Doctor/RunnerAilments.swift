/// Changes that are amid a phase and that nobody runs.
enum RunnerAilments: DoctorCheck {
    static func ailments(_ subject: DoctorSubject) async throws -> [Ailment] {
        var found: [Ailment] = []
        let changes = (subject.unfinished ?? []).filter { change in
            subject.table.map { change.plan.columns(of: $0.oid).isEmpty } != true
        }
        for change in changes where !change.isRunning {
            let object = "change \(change.name)"
            if change.state == .rollingBack {
                found.append(
                    .hurts(
                        object,
                        "its rollback has stopped half-way",
                        "online-change rollback \(ShellWord(change.name))"
                    )
                )
            } else if change.heartbeatAge != nil || change.error != nil {
                let why = change.error.map { ": \($0.split(separator: "\n").first ?? "")" } ?? ": its runner is dead"
                found.append(
                    .hurts(
                        object,
                        "it has stopped after \(change.phase ?? "its start")\(why)",
                        "online-change advance \(ShellWord(change.name)), or: online-change rollback \(ShellWord(change.name))"
                    )
                )
            } else {
                found.append(
                    .worthKnowing(
                        object,
                        "it has reached \(change.phase ?? "nothing yet") and waits for its next phase; its columns can't "
                            + "take part in another one",
                        "online-change status \(ShellWord(change.name))"
                    )
                )
            }
        }
        return found
    }
}
