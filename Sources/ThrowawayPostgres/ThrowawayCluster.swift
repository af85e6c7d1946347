import Foundation

/// A private PostgreSQL cluster in a temporary folder, for demos, rehearsals and tests.
///
/// It listens only on a Unix socket in that folder, trusts whoever can enter the folder (the user that started it),
/// and is gone within about a second of the end of the process that started it, even after SIGKILL. What a crash of
/// the whole machine leaves behind, the next `start` removes. Until then it lives, also when nothing refers to this
/// object any more, unless it is destroyed. Start and stop it from one task at a time.
public final class ThrowawayCluster: Sendable {
    /// The folder that holds all of the cluster.
    public var folder: String { place.path }
    /// Where the server's log goes, unless the settings send it elsewhere.
    public var logFile: String { place.log }
    /// The folder of the Unix socket, for libpq's `host`.
    public var socketDirectory: String { settings.socketDirectory }
    /// The port, part of the socket's name.
    public var port: Int { settings.port }
    /// The name of the database's superuser.
    public let superuser = "postgres"
    /// The programs that the cluster runs on.
    public let binaries: ServerBinaries

    let place: ClusterFolder
    let settings: ServerSettings
    let user: ServerUser
    /// `nil` if the cluster is kept.
    let watchdog: Watchdog?

    /// Makes a cluster and starts its server, which takes about two seconds; first removes those of dead owners.
    ///
    /// - Parameters:
    ///   - settings: Added to `postgresql.conf`, over our own defaults. `unix_socket_directories` and
    ///     `data_directory` are refused.
    ///   - binaries: The server to use; the newest installed one by default.
    ///   - keep: Leaves the server and its folder when this process ends. Only `destroy` removes them then.
    /// - Throws: Whatever `ServerBinaries.find` throws; `noUnprivilegedUser`, `noTemporaryFolder`, `invalidSetting`;
    ///   `commandFailed` with the end of the server's log if it doesn't start. Nothing is left behind then.
    public static func start(
        settings: [String: String] = [:],
        binaries: ServerBinaries? = nil,
        keep: Bool = false
    ) async throws(ThrowawayPostgresError) -> ThrowawayCluster {
        try await start(
            settings: settings,
            binaries: binaries,
            keep: keep,
            parents: ClusterFolder.parents(environment: ProcessInfo.processInfo.environment)
        )
    }

    static func start(
        settings: [String: String] = [:],
        binaries: ServerBinaries? = nil,
        keep: Bool = false,
        parents: [String]
    ) async throws(ThrowawayPostgresError) -> ThrowawayCluster {
        // Refuse bad settings before anything is made.
        _ = try ServerSettings(settings, socketDirectory: "")
        let programs: ServerBinaries
        if let binaries { programs = binaries } else { programs = try await ServerBinaries.find() }
        let user = try ServerUser.current()
        await Sweep(parents: parents, user: user)()
        let place = try await ClusterFolder.make(in: parents, user: user)
        let cluster: ThrowawayCluster
        do {
            cluster = try await ThrowawayCluster(
                place: place,
                settings: ServerSettings(settings, socketDirectory: place.path),
                binaries: programs,
                user: user,
                keep: keep
            )
        } catch {
            try? await Removal(folder: place.path, user: user)()
            throw error
        }
        do {
            try await cluster.initialize()
            try await cluster.startAgain()
        } catch {
            try? await cluster.destroy()
            throw error
        }
        return cluster
    }

    private init(
        place: ClusterFolder,
        settings: ServerSettings,
        binaries: ServerBinaries,
        user: ServerUser,
        keep: Bool
    ) async throws(ThrowawayPostgresError) {
        self.place = place
        self.settings = settings
        self.binaries = binaries
        self.user = user
        let pid = "\(ProcessInfo.processInfo.processIdentifier)\n"
        if keep {
            watchdog = nil
            try place.append(pid, to: place.kept)
        } else {
            guard let lock = FileLock(creating: place.owner, content: pid) else {
                throw .fileFailed(path: place.owner, reason: "cannot be made and locked")
            }
            watchdog = try await Watchdog(over: Removal(folder: place.path, user: user), holding: lock)
        }
    }

    /// A connection string in libpq's keyword form, every value quoted: `host='…' port='…' user='…' dbname='…'`.
    public func dsn(database: String = "postgres", user: String? = nil) -> String {
        let keywords = [
            ("host", socketDirectory), ("port", String(port)), ("user", user ?? superuser), ("dbname", database),
        ]
        return keywords.map { name, value in
            "\(name)='\(value.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
        }.joined(separator: " ")
    }
}
