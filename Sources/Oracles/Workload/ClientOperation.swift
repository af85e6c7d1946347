/// What a client does next.
enum ClientOperation: CaseIterable, Sendable {
    case insert
    case updateOwn
    case updateExisting
    case readOwn
    case readExisting
    case upsert
    case delete
    case transaction
    case rolledBack

    /// How often it comes, in relation to the others.
    private var weight: Int {
        switch self {
        case .insert: 18
        case .updateOwn: 16
        case .updateExisting: 14
        case .readOwn: 18
        case .readExisting: 8
        case .upsert: 10
        case .delete: 8
        case .transaction: 5
        case .rolledBack: 3
        }
    }

    /// Draws one by weight.
    static func random(using random: inout SeededGenerator) -> ClientOperation {
        var draw = Int.random(in: 0..<allCases.reduce(0) { $0 + $1.weight }, using: &random)
        for operation in allCases {
            draw -= operation.weight
            if draw < 0 { return operation }
        }
        return .readOwn
    }
}
