import Foundation
import Postgres
import Synchronization

/// Stands between clients and a server on a Unix socket, and cuts a connection just when an answer is due, or lets the
/// client wait until the server is no more.
final class CutProxy: Sendable {
    /// When the connection goes.
    enum Moment: CaseIterable, Sendable {
        /// As soon as the message is on its way: the server may not have read all of it.
        case onceSent
        /// When the server has answered, and the client has not heard.
        case onceAnswered
    }

    private struct Order {
        var needle: [UInt8] = []
        /// How many messages with the needle still pass.
        var passing = 0
        var moment = Moment.onceSent
        /// Whether the connection isn't cut: no answer comes through any more.
        var holds = false
        var cuts = 0
        /// The message to cut at, by its number.
        var number: Int?
        /// How many messages have come from clients.
        var messages = 0
    }

    private let listener: Int32
    private let directory: String
    private let server: String
    private let order = Mutex(Order())
    private let heldBack = AsyncStream<Void>.makeStream()

    /// How many connections were cut.
    var cuts: Int { order.withLock { $0.cuts } }

    /// How many messages have come from all clients.
    var messages: Int { order.withLock { $0.messages } }

    /// Gives an element once the moment has come from which on a client waits in vain.
    var held: AsyncStream<Void> { heldBack.stream }

    /// A proxy to the server whose socket is in `serverDirectory`.
    init(to serverDirectory: String, port: Int) throws {
        signal(SIGPIPE, SIG_IGN)
        directory = FileManager.default.temporaryDirectory.appending(path: "oc-cut-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        server = "\(serverDirectory)/.s.PGSQL.\(port)"
        listener = UnixSocket.make()
        guard UnixSocket.withAddress("\(directory)/.s.PGSQL.5432", { bind(listener, $0, $1) }) == 0,
            listen(listener, 64) == 0
        else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        Thread.detachNewThread { [self] in serve() }
    }

    /// The same database through the proxy.
    func parameters(database: String, user: String) -> ConnectionParameters {
        ConnectionParameters(conninfo: "host='\(directory)' port=5432 user='\(user)' dbname='\(database)'")
    }

    /// Cuts one connection: at the first message that holds `needle`, after `passing` others have passed.
    func cut(at needle: String, passing: Int = 0, _ moment: Moment) {
        order.withLock { order in
            order.needle = Array(needle.utf8)
            order.passing = passing
            order.moment = moment
        }
    }

    /// Cuts one connection at the message of that number, counted over all clients; or holds its answer back until the
    /// server has gone.
    func cut(atMessage number: Int, _ moment: Moment, holding: Bool = false) {
        order.withLock { order in
            order.number = number
            order.moment = moment
            order.holds = holding
        }
    }

    func close() {
        heldBack.continuation.finish()
        shutdown(listener, Int32(SHUT_RDWR))
        Foundation.close(listener)
        try? FileManager.default.removeItem(atPath: directory)
    }

    private func serve() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            let upstream = UnixSocket.make()
            let pair = SocketPair(client: client, server: upstream)
            guard UnixSocket.withAddress(server, { connect(upstream, $0, $1) }) == 0 else { continue }
            Thread.detachNewThread { [self] in pumpRequests(pair) }
            Thread.detachNewThread { [self] in pumpAnswers(pair) }
        }
    }

    private func pumpRequests(_ pair: SocketPair) {
        // The needle may lie across two reads.
        var seen: [UInt8] = []
        var messages = MessageCount()
        while let bytes = UnixSocket.read(pair.client) {
            seen = seen.suffix(256) + bytes
            let cut = takeOrder(seen, messages.count(bytes))
            if let cut {
                seen = []
                pair.end.store(cut.holds ? .isHeld : .isCut, ordering: .sequentiallyConsistent)
            }
            guard UnixSocket.write(bytes, to: pair.server) else { break }
            guard let cut, cut.moment == .onceSent else { continue }
            guard cut.holds else { break }
            heldBack.continuation.yield()
        }
        pair.shutDown()
    }

    private func pumpAnswers(_ pair: SocketPair) {
        while let bytes = UnixSocket.read(pair.server) {
            switch pair.end.load(ordering: .sequentiallyConsistent) {
            case .notYet: guard UnixSocket.write(bytes, to: pair.client) else { return pair.shutDown() }
            case .isCut: return pair.shutDown()
            case .isHeld: heldBack.continuation.yield()
            }
        }
        pair.shutDown()
    }

    private func takeOrder(_ bytes: [UInt8], _ messages: Int) -> (moment: Moment, holds: Bool)? {
        order.withLock { order in
            order.messages += messages
            if let number = order.number, order.messages >= number {
                order.number = nil
            } else {
                guard !order.needle.isEmpty, bytes.firstRange(of: order.needle) != nil else { return nil }
                guard order.passing == 0 else {
                    order.passing -= 1
                    return nil
                }
                order.needle = []
            }
            order.cuts += 1
            return (order.moment, order.holds)
        }
    }
}

/// Two sockets that go together; closed when neither pump needs them any more.
private final class SocketPair: Sendable {
    let client: Int32
    let server: Int32
    let end = Atomic(End.notYet)

    /// What becomes of the server's answers.
    enum End: Int, AtomicRepresentable {
        case notYet, isCut, isHeld
    }

    init(client: Int32, server: Int32) {
        self.client = client
        self.server = server
    }

    func shutDown() {
        shutdown(client, Int32(SHUT_RDWR))
        shutdown(server, Int32(SHUT_RDWR))
    }

    deinit {
        close(client)
        close(server)
    }
}

private enum UnixSocket {
    static func make() -> Int32 {
        #if canImport(Darwin)
            socket(AF_UNIX, SOCK_STREAM, 0)
        #else
            socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #endif
    }

    static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
        }
    }

    static func read(_ socket: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }

    static func write(_ bytes: [UInt8], to socket: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
