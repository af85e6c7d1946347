/// Why a private PostgreSQL server could not be found, started or stopped.
///
/// Every description says what was tried and, where there is one, what to do next.
public enum ThrowawayPostgresError: Error, Equatable, Sendable {
    /// No folder among `searched` holds `initdb`, `postgres` and `pg_ctl`.
    case noServerInstalled(searched: [String])
    /// The folder that was asked for by name, in `ONLINE_CHANGE_PG_BIN` or by the caller, holds no usable server.
    case unusableBinaries(directory: String, reason: String)
    /// The process runs as root, which PostgreSQL refuses, and there is neither a user `postgres` nor `nobody`.
    case noUnprivilegedUser
    /// None of the temporary folders will do; one reason for each.
    case noTemporaryFolder(reasons: [String])
    /// A server setting that cannot be written to `postgresql.conf` or that the cluster keeps for itself.
    case invalidSetting(name: String, reason: String)
    /// A file of the cluster could not be written.
    case fileFailed(path: String, reason: String)
    /// A program could not be run or did not succeed; `output` is what it printed and, for a server, the end of its log.
    case commandFailed(command: String, outcome: String, output: String)
    /// The folder is still there after the server was stopped and its deletion tried.
    case notRemoved(folder: String)
    /// The cluster has been destroyed and cannot be started again.
    case destroyed(folder: String)
}

extension ThrowawayPostgresError: CustomStringConvertible {
    /// One or more lines for people.
    public var description: String {
        switch self {
        case .noServerInstalled(let searched):
            """
            no PostgreSQL server is installed: none of these folders holds initdb, postgres and pg_ctl: \
            \(searched.joined(separator: ", ")). Install one (Debian, Ubuntu: apt-get install postgresql; \
            Fedora: dnf install postgresql-server; macOS: brew install postgresql) or set \
            \(ServerBinaries.overrideVariable) to the folder with its programs
            """
        case .unusableBinaries(let directory, let reason):
            "\(directory) holds no usable PostgreSQL server: \(reason)"
        case .noUnprivilegedUser:
            "PostgreSQL refuses to run as root, and there is no user 'postgres' or 'nobody' to run it as"
        case .noTemporaryFolder(let reasons):
            "no folder for a temporary PostgreSQL cluster: \(reasons.joined(separator: "; "))"
        case .invalidSetting(let name, let reason):
            "the server setting '\(name)' cannot be used: \(reason)"
        case .fileFailed(let path, let reason):
            "\(path): \(reason)"
        case .commandFailed(let command, let outcome, let output):
            output.isEmpty ? "\(command): \(outcome)" : "\(command): \(outcome)\n\(output)"
        case .notRemoved(let folder):
            "the temporary cluster in \(folder) could not be removed; stop its server and delete the folder"
        case .destroyed(let folder):
            "the temporary cluster in \(folder) has been destroyed; start a new one"
        }
    }
}
