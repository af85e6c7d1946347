import Foundation

/// The programs of one installed PostgreSQL server.
public struct ServerBinaries: Equatable, Sendable {
    /// The environment variable that names the folder to take the programs from, instead of a search.
    public static let overrideVariable = "ONLINE_CHANGE_PG_BIN"

    /// The folder that holds `initdb`, `postgres` and `pg_ctl`.
    public let directory: String
    /// What its `postgres --version` says.
    public let version: ServerVersion

    /// The programs in a given folder.
    ///
    /// Throws `unusableBinaries` if one of the three is missing there or `postgres --version` does not answer.
    public init(directory: String) async throws(ThrowawayPostgresError) {
        for program in Self.required {
            let path = "\(directory)/\(program)"
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw .unusableBinaries(directory: directory, reason: "there is no executable \(program) in it")
            }
        }
        let answer: String
        do {
            answer = try await ServerCommand()("\(directory)/postgres", ["--version"])
        } catch {
            throw .unusableBinaries(directory: directory, reason: "\(error)")
        }
        guard let version = ServerVersion(parsing: answer) else {
            throw .unusableBinaries(directory: directory, reason: "'postgres --version' answers '\(answer)'")
        }
        self.directory = directory
        self.version = version
    }

    /// The folder that `ONLINE_CHANGE_PG_BIN` names or, where it is unset or empty, the newest server installed.
    ///
    /// Looks where `pg_config` points, in the folders where packages put servers, and in `PATH`. Throws
    /// `unusableBinaries` for a bad override and `noServerInstalled` if nothing is found.
    public static func find() async throws(ThrowawayPostgresError) -> ServerBinaries {
        try await find(environment: ProcessInfo.processInfo.environment)
    }

    static func find(environment: [String: String]) async throws(ThrowawayPostgresError) -> ServerBinaries {
        if let directory = environment[overrideVariable], !directory.isEmpty {
            do {
                return try await ServerBinaries(directory: directory)
            } catch .unusableBinaries(_, let reason) {
                throw .unusableBinaries(directory: "\(overrideVariable)=\(directory)", reason: reason)
            }
        }
        return try await newest(in: candidates(path: environment["PATH"] ?? ""))
    }

    /// Of equally new ones, the first.
    static func newest(in directories: [String]) async throws(ThrowawayPostgresError) -> ServerBinaries {
        var best: ServerBinaries?
        for directory in directories {
            guard let found = try? await ServerBinaries(directory: directory) else { continue }
            if best.map({ $0.version < found.version }) ?? true { best = found }
        }
        guard let best else { throw .noServerInstalled(searched: directories) }
        return best
    }

    /// The full path of one of the server's programs, `psql` and `pgbench` among them; it may not be installed.
    public func path(of program: String) -> String {
        "\(directory)/\(program)"
    }

    private static let required = ["initdb", "postgres", "pg_ctl"]

    private static let usualFolders = [
        "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin",
        "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin",
        "/Applications/Postgres.app/Contents/Versions/*/bin",
        "/opt/homebrew/bin", "/usr/local/bin",
    ]

    private static func candidates(path: String) async -> [String] {
        var directories: [String] = []
        if let configured = try? await ServerCommand()("pg_config", ["--bindir"]) { directories.append(configured) }
        directories += usualFolders.flatMap(expand)
        directories += path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        var seen: Set<String> = []
        return directories.filter { seen.insert($0).inserted }
    }

    private static func expand(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0, let paths = found.gl_pathv else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
    }
}
