/// Something on a server that stands in the way of a change, or makes it slower or riskier.
public struct Ailment: Encodable, Hashable, Sendable {
    /// How much it matters.
    public let weight: Weight
    /// What it is about: `table public.users`, `replication slot 'old'`.
    public let object: String
    /// What is the matter.
    public let message: String
    /// What to do.
    public let remedy: String

    /// How much something matters.
    public enum Weight: String, Encodable, CaseIterable, Sendable {
        /// A change would be refused, or could not end.
        case blocks
        /// It would wait, be slow, or disturb the application.
        case hurts
        /// Good to know before.
        case worthKnowing
    }

    static func blocks(_ object: String, _ message: String, _ remedy: String) -> Ailment {
        Ailment(weight: .blocks, object: object, message: message, remedy: remedy)
    }

    static func hurts(_ object: String, _ message: String, _ remedy: String) -> Ailment {
        Ailment(weight: .hurts, object: object, message: message, remedy: remedy)
    }

    static func worthKnowing(_ object: String, _ message: String, _ remedy: String) -> Ailment {
        Ailment(weight: .worthKnowing, object: object, message: message, remedy: remedy)
    }

    /// What preflight says of a table, or of the server.
    init(_ finding: Finding) {
        weight =
            switch finding.consequence {
            case .refused, .privilege: .blocks
            case .acknowledge: .hurts
            case .note: .worthKnowing
            }
        object = finding.object
        message = finding.message
        remedy = finding.wayOut ?? "Nothing need be done."
    }

    private init(weight: Weight, object: String, message: String, remedy: String) {
        self.weight = weight
        self.object = object
        self.message = message
        self.remedy = remedy
    }
}
