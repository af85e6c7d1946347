internal import CLibPQ

extension ConnectionParameters {
    /// Whether libpq can't read the connection string, or reads a part of a password as a host or a port.
    ///
    /// libpq's own messages about that would quote the string, with the password in it.
    var isMalformed: Bool {
        guard let conninfo else { return false }
        guard !conninfo.utf8.contains(0) else { return true }
        let isURI = conninfo.hasPrefix("postgres://") || conninfo.hasPrefix("postgresql://")
        // Anything else is the bare name of a database.
        guard isURI || conninfo.utf8.contains(UInt8(ascii: "=")) else { return false }
        var reason: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(conninfo, &reason)
        defer {
            PQconninfoFree(options)
            PQfreemem(reason)
        }
        guard var option = options else { return true }
        while let keyword = option.pointee.keyword {
            if isURI, let value = option.pointee.val {
                switch String(cString: keyword) {
                case "host" where hasUserInfo(String(cString: value)): return true
                case "port" where !String(cString: value).allSatisfy { $0.isWholeNumber || $0 == "," }: return true
                default: break
                }
            }
            option += 1
        }
        return false
    }

    /// A host has an `@` only as its first character, as an abstract socket does.
    private func hasUserInfo(_ hosts: String) -> Bool {
        hosts.split(separator: ",").contains { $0.dropFirst().contains("@") }
    }
}
