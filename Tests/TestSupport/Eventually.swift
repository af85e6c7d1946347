import Testing

/// Waits until a condition holds, and records an issue if it doesn't within the time.
public func eventually(
    within limit: Duration = .seconds(10),
    _ what: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    repeat {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    } while ContinuousClock.now < deadline
    Issue.record(what ?? "the condition did not come to hold", sourceLocation: sourceLocation)
}
