import Testing

/// Waits, for a minute unless told otherwise, until a condition holds; records an issue if it never does.
public func eventually(
    within limit: Duration = .seconds(60),
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let start = ContinuousClock.now
    while ContinuousClock.now - start < limit {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("the condition did not come to hold within \(limit)", sourceLocation: sourceLocation)
}
