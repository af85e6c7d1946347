import ArgumentParser
import FlyingSocks
import Foundation

/// Where to listen: `127.0.0.1:9187`, `[::1]:9187`, `localhost:0`.
struct ListenAddress: ExpressibleByArgument, Hashable, CustomStringConvertible {
    /// An IP address, without brackets.
    let host: String
    /// 0 for one that is free.
    let port: UInt16

    private var isIP6: Bool { host.contains(":") }

    init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else { return nil }
        var host = String(argument[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard (try? sockaddr_in6.inet6(ip6: host, port: port)) != nil else { return nil }
        } else {
            if host == "localhost" { host = "127.0.0.1" }
            guard (try? sockaddr_in.inet(ip4: host, port: port)) != nil else { return nil }
        }
        self.init(host: host, port: port)
    }

    /// A socket that listens there.
    func socket() throws -> Socket {
        isIP6
            ? try Self.socket(on: try sockaddr_in6.inet6(ip6: host, port: port))
            : try Self.socket(on: try sockaddr_in.inet(ip4: host, port: port))
    }

    private static func socket(on address: some SocketAddress) throws -> Socket {
        let socket = try Socket(domain: Int32(type(of: address).family))
        // Or a port would not be free for a minute after whoever had it.
        try socket.setValue(true, for: .localAddressReuse)
        try socket.bind(to: address)
        try socket.listen()
        return socket
    }

    var description: String { (isIP6 ? "[\(host)]" : host) + ":\(port)" }
}
