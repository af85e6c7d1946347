import Foundation

/// What a browser asks for: the little of HTTP/1.1 that reading needs.
struct HTTPQuestion: Hashable, Sendable {
    let method: String
    /// The path as it was sent, without the query.
    let path: String
    /// The Host header.
    let host: String?

    /// The longest head that is read, in bytes.
    static let longest = 8192

    /// Reads the head of a request; nil if it is none.
    init?(_ head: String) {
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = lines[0].split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2].hasPrefix("HTTP/1."), words[1].hasPrefix("/") else { return nil }
        method = String(words[0])
        path = String(words[1].prefix { $0 != "?" && $0 != "#" })
        var hosts: [String] = []
        for line in lines.dropFirst() {
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: ":") else { return nil }
            guard line[..<colon].lowercased() == "host" else { continue }
            hosts.append(line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }
        guard hosts.count < 2 else { return nil }
        host = hosts.first
    }
}

/// What it is answered.
struct HTTPAnswer: Hashable, Sendable {
    /// What came of it.
    enum Status: String, Sendable {
        case ok = "200 OK"
        case badRequest = "400 Bad Request"
        case forbidden = "403 Forbidden"
        case notFound = "404 Not Found"
        case methodNotAllowed = "405 Method Not Allowed"
        case serviceUnavailable = "503 Service Unavailable"
    }

    let status: Status
    let type: String
    let body: String
    /// Whether only the head is sent.
    var isHeadOnly = false

    /// A line of text.
    static func text(_ status: Status, _ text: String) -> HTTPAnswer {
        HTTPAnswer(status: status, type: "text/plain; charset=utf-8", body: text + "\n")
    }

    /// The answer as it is sent. Pages run no program and load nothing.
    var bytes: Data {
        let head = [
            "HTTP/1.1 \(status.rawValue)",
            "Content-Type: \(type)",
            "Content-Length: \(body.utf8.count)",
            "Connection: close",
            "Cache-Control: no-store",
            "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            "Referrer-Policy: no-referrer",
            "X-Content-Type-Options: nosniff",
        ]
        let allow = status == .methodNotAllowed ? ["Allow: GET, HEAD"] : []
        return Data(((head + allow + ["", ""]).joined(separator: "\r\n") + (isHeadOnly ? "" : body)).utf8)
    }
}
