/// Where to connect and as whom: a connection string, and what goes with every connection of ours.
public struct ConnectionParameters: Hashable, Sendable {
    /// A URI or `keyword=value` text (PostgreSQL documentation, 34.1.1). Without it libpq's environment, service
    /// file and password file decide.
    public var conninfo: String?
    /// What `pg_stat_activity` shows; the connection string may say otherwise.
    public var applicationName: String

    /// Parameters for a connection string.
    public init(conninfo: String? = nil, applicationName: String = "online-change") {
        self.conninfo = conninfo
        self.applicationName = applicationName
    }

    /// Keywords in the order in which libpq reads them: what comes later wins, so the connection string may override
    /// our defaults but not the client encoding that `Row` relies on.
    var keywords: [(keyword: String, value: String)] {
        var keywords = [
            ("application_name", applicationName),
            ("connect_timeout", "10"),
            ("keepalives_idle", "30"),
            ("keepalives_interval", "10"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "60000"),
        ]
        if let conninfo { keywords.append(("dbname", conninfo)) }
        keywords.append(("client_encoding", "UTF8"))
        return keywords
    }
}
