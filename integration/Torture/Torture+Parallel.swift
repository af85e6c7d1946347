extension Torture {
    /// Runs a body for each element, so many at once; the results are in the elements' order.
    static func concurrently<Element: Sendable, Value: Sendable>(
        _ elements: [Element],
        width: Int = Seed.width,
        _ body: @escaping @Sendable (Element) async throws -> Value
    ) async throws -> [Value] {
        let numbers = Numbers(below: elements.count)
        return try await withThrowingTaskGroup(of: [(Int, Value)].self) { group in
            for _ in 0..<width {
                group.addTask {
                    var values: [(Int, Value)] = []
                    while let number = numbers.next() { values.append((number, try await body(elements[number]))) }
                    return values
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// The same as `scenario`, with so many cases at once.
    static func scenario<Case: Sendable>(
        _ name: String,
        _ cases: [Case],
        width: Int,
        _ run: @escaping @Sendable (Case) async throws -> [String]
    ) async throws -> [String] {
        let start = ContinuousClock.now
        let complaints = try await concurrently(cases, width: width) { each -> [String] in
            do {
                return try await run(each).map { "\(each): \($0)" }
            } catch {
                return ["\(each): \(error)"]
            }
        }
        try record(
            Line(
                scenario: name,
                tried: cases.count,
                passed: complaints.count(where: \.isEmpty),
                time: (ContinuousClock.now - start) / .seconds(1)
            )
        )
        return complaints.flatMap { $0 }
    }

    /// A choice of so many elements that this run's seed makes, spread over all of them; all in the whole size.
    static func choice<Element>(_ elements: [Element], part: Int, whole: Int = .max, salt: Int = 0) -> [Element] {
        let count = min(elements.count, of(part: part, whole: whole))
        guard count > 0 else { return [] }
        let offset = Int((seed &+ UInt64(salt) &* 7_919) % UInt64(elements.count))
        return (0..<count).map { elements[(offset + $0 * elements.count / count) % elements.count] }
    }
}
