import OnlineChange

/// What a hook finds in its environment. Nothing of it tells how to connect.
struct HookFacts {
    /// Names and values; what an event does not have is empty.
    let variables: [String: String]

    init(_ name: HookName, _ record: EventRecord) {
        variables = [
            "ONLINE_CHANGE_EVENT": name.rawValue,
            "ONLINE_CHANGE_CHANGE": record.change ?? "",
            "ONLINE_CHANGE_NUMBER": record.number.map(String.init) ?? "",
            "ONLINE_CHANGE_TABLE": record.table ?? "",
            "ONLINE_CHANGE_RECIPE": record.recipe ?? "",
            "ONLINE_CHANGE_PHASE": record.phase ?? "",
            "ONLINE_CHANGE_MESSAGE": record.message ?? record.reasons?.joined(separator: "; ") ?? record.summary
                ?? record.gate.map { [$0.now, $0.deploy].compactMap { $0 }.joined(separator: " ") } ?? "",
            "ONLINE_CHANGE_NEXT": record.next ?? "",
            "ONLINE_CHANGE_EXIT_CODE": record.exitCode.map { String($0) } ?? "",
        ]
    }
}
