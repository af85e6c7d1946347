import FlyingSocks
import Foundation

/// Listens on an address and answers each connection's one question.
struct Listener: Sendable {
    private let socket: Socket
    private let pool: any AsyncSocketPool = SocketPool<Poll>.make()
    /// Seconds in which a question must have come, and its answer have gone.
    private static let limit = 15.0

    /// Takes the address.
    ///
    /// - Throws: `SocketError` if it can't be had.
    init(_ address: ListenAddress) throws {
        socket = try address.socket()
    }

    /// Where it listens, with the port that was free.
    var address: ListenAddress? {
        switch try? socket.sockname() {
        case .ip4(let host, let port): ListenAddress(host: host, port: port)
        case .ip6(let host, let port): ListenAddress(host: host, port: port)
        default: nil
        }
    }

    /// Answers until the task is cancelled.
    func run(_ answer: @escaping @Sendable (HTTPQuestion?) async -> HTTPAnswer) async throws {
        defer { try? socket.close() }
        try await pool.prepare()
        let listening = try AsyncSocket(socket: socket, pool: pool)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pool.run() }
            group.addTask {
                try await withThrowingDiscardingTaskGroup { connections in
                    for try await connection in listening.sockets {
                        connections.addTask { await Self.exchange(connection, answer) }
                    }
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// One question, one answer. Whoever is too slow, or has gone, gets none.
    private static func exchange(
        _ connection: AsyncSocket,
        _ answer: @escaping @Sendable (HTTPQuestion?) async -> HTTPAnswer
    ) async {
        _ = try? await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Task.sleep(for: .seconds(limit)) }
            group.addTask {
                let head = try await head(of: connection)
                try await connection.write(await answer(head.flatMap(HTTPQuestion.init)).bytes)
            }
            try await group.next()
            group.cancelAll()
        }
        try? connection.close()
    }

    /// All up to the empty line; nil if there is more than any question needs.
    private static func head(of connection: AsyncSocket) async throws -> String? {
        var bytes: [UInt8] = []
        let end = Array("\r\n\r\n".utf8)
        while !bytes.contains(end) {
            guard bytes.count < HTTPQuestion.longest else { return nil }
            bytes += try await connection.read(atMost: HTTPQuestion.longest - bytes.count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
