/// The lines that a throwaway cluster adds to `postgresql.conf`.
struct ServerSettings: Equatable, Sendable {
    /// Realistic in what the server does, careless only about power cuts: the data dies with the machine anyway.
    static let defaults = [
        "autovacuum": "on",
        "fsync": "off",
        "full_page_writes": "on",
        "listen_addresses": "",
        "log_timezone": "UTC",
        "max_connections": "200",
        "max_prepared_transactions": "20",
        "port": "5432",
        "shared_buffers": "128MB",
        "synchronous_commit": "on",
        "timezone": "UTC",
        "wal_level": "logical",
    ]

    private let values: [String: String]
    let socketDirectory: String
    let port: Int

    /// The defaults with the caller's settings over them. Names are compared without regard to case, as the server does.
    init(_ settings: [String: String], socketDirectory: String) throws(ThrowawayPostgresError) {
        var values = Self.defaults
        for (name, value) in settings {
            let name = name.lowercased()
            guard name.wholeMatch(of: /[a-z_][a-z0-9_$]*(\.[a-z_][a-z0-9_$]*)*/) != nil else {
                throw .invalidSetting(name: name, reason: "it is not a setting's name")
            }
            // Clients find the server, and a dead owner's server is found, by these two.
            guard !["data_directory", "unix_socket_directories"].contains(name) else {
                throw .invalidSetting(name: name, reason: "a throwaway cluster chooses its own")
            }
            guard !value.contains("\0") else { throw .invalidSetting(name: name, reason: "its value holds a NUL") }
            values[name] = value
        }
        let portText = values["port"] ?? ""
        guard let port = Int(portText), (1...65_535).contains(port) else {
            throw .invalidSetting(name: "port", reason: "'\(portText)' is not a number from 1 to 65535")
        }
        self.values = values
        self.socketDirectory = socketDirectory
        self.port = port
    }

    /// In the syntax of `postgresql.conf`, sorted by name.
    var configuration: String {
        var all = values
        all["unix_socket_directories"] = socketDirectory
        return all.sorted { $0.key < $1.key }
            .map { "\($0.key) = '\(Self.escaped($0.value))'\n" }
            .joined()
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("'", with: "''").replacing("\n", with: "\\n")
    }
}
