import Foundation
import FlyingSocks

/// Keeps web pages of others from reading ours through a name of theirs that leads to this machine (DNS rebinding).
struct HostCheck: Sendable {
    private let names: Set<String>

    /// - Parameter names: what we are called, beside `localhost`, this machine's own name and any IP address.
    init(names: [String]) {
        let own = ProcessInfo.processInfo.hostName
        self.names = Set((names + ["localhost", own]).map { $0.lowercased() })
    }

    /// Whether a request with this Host header is for us.
    func allows(_ header: String?) -> Bool {
        guard var host = header?.lowercased(), !host.isEmpty else { return false }
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            return (try? sockaddr_in6.inet6(ip6: String(host[..<end].dropFirst()), port: 0)) != nil
        }
        if let colon = host.firstIndex(of: ":") { host = String(host[..<colon]) }
        return names.contains(host) || (try? sockaddr_in.inet(ip4: host, port: 0)) != nil
    }
}
