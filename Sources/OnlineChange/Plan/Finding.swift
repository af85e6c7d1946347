/// Something that a check found about the table, the server or the role.
public struct Finding: Codable, Hashable, Sendable {
    /// What follows from it.
    public var consequence: Consequence
    /// The object that it is about: `trigger audit_users`, `role app`.
    public var object: String
    /// What is the matter.
    public var message: String
    /// What to do about it.
    public var wayOut: String?

    /// What follows from a finding.
    public enum Consequence: String, Codable, Sendable {
        /// The change can't be made.
        case refused
        /// A privilege is missing.
        case privilege
        /// The change can be made once the user has said, with `--acknowledge OBJECT`, that they know.
        case acknowledge
        /// The user should know.
        case note
    }

    /// The change can't be made while this is so.
    static func refused(_ object: String, _ message: String, wayOut: String) -> Finding {
        Finding(consequence: .refused, object: object, message: message, wayOut: wayOut)
    }

    /// The role lacks a privilege.
    static func privilege(_ object: String, _ message: String, wayOut: String) -> Finding {
        Finding(consequence: .privilege, object: object, message: message, wayOut: wayOut)
    }

    /// The change can be made, but only by someone who knows this.
    static func acknowledge(_ object: String, _ message: String, wayOut: String) -> Finding {
        Finding(
            consequence: .acknowledge,
            object: object,
            message: message,
            wayOut: wayOut + "; or, knowing this, add --acknowledge '\(object)'"
        )
    }

    /// Worth knowing.
    static func note(_ object: String, _ message: String) -> Finding {
        Finding(consequence: .note, object: object, message: message, wayOut: nil)
    }
}
