import Foundation

/// The operating system user that the server's programs run as.
///
/// PostgreSQL refuses to run as root, so root needs somebody else; anybody else runs it as himself.
struct ServerUser: Equatable, Sendable {
    let name: String
    let userID: UInt32
    let groupID: UInt32
    /// Whether a program has to change user to run as this one.
    let isAnother: Bool

    /// Whoever may run a server on behalf of this process.
    static func current() throws(ThrowawayPostgresError) -> ServerUser {
        guard geteuid() == 0 else {
            return ServerUser(name: NSUserName(), userID: geteuid(), groupID: getegid(), isAnother: false)
        }
        guard let user = named("postgres") ?? named("nobody") else { throw .noUnprivilegedUser }
        return user
    }

    private static func named(_ name: String) -> ServerUser? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        // getpwnam's answer lies in memory that all threads share.
        var strings = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(name, &entry, &strings, strings.count, &found) == 0, found != nil, entry.pw_uid != 0 else {
            return nil
        }
        return ServerUser(name: name, userID: entry.pw_uid, groupID: entry.pw_gid, isAnother: true)
    }
}
