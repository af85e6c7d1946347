import Foundation

extension ThrowawayCluster {
    /// Whether the server's first process is alive; it may still be recovering.
    public func isRunning() async -> Bool {
        (try? await control("status")) != nil
    }

    /// Stops the server and keeps the data. Does nothing if it isn't running.
    ///
    /// Sessions are ended and their transactions rolled back. With `immediately`, the server goes as in a crash and
    /// recovers at its next start. Throws `commandFailed` if it is still there after a minute.
    public func stop(immediately: Bool = false) async throws(ThrowawayPostgresError) {
        guard await isRunning() else { return }
        try await control("stop", "-m", immediately ? "immediate" : "fast")
    }

    /// Ends the server as a crash would: no checkpoint, no farewell to its sessions.
    public func kill() async throws(ThrowawayPostgresError) {
        try await stop(immediately: true)
    }

    /// Starts a stopped server on the same data; returns when it accepts connections. Does nothing if it runs.
    ///
    /// Throws `commandFailed` with the end of the log if it doesn't come up within a minute, and `destroyed` after
    /// `destroy`.
    public func startAgain() async throws(ThrowawayPostgresError) {
        guard FileManager.default.fileExists(atPath: folder) else { throw .destroyed(folder: folder) }
        guard await !isRunning() else { return }
        do {
            try await control("start", "-l", logFile)
        } catch .commandFailed(let command, let outcome, let output) {
            throw .commandFailed(command: command, outcome: outcome, output: "\(output)\n\(place.logTail())")
        }
    }

    /// Stops the server, unless it isn't running, and starts it on the same data.
    public func restart() async throws(ThrowawayPostgresError) {
        try await stop()
        try await startAgain()
    }

    /// Stops the server at once and deletes the folder; returns when neither is there any more, and leaves no process.
    ///
    /// Does nothing the second time. Throws `notRemoved` if the folder cannot be deleted.
    public func destroy() async throws(ThrowawayPostgresError) {
        await watchdog?.removeNow()
        // There is no watchdog over a kept cluster, and another may have been killed.
        guard FileManager.default.fileExists(atPath: folder) else { return }
        try await Removal(folder: folder, user: user)()
    }

    func initialize() async throws(ThrowawayPostgresError) {
        try await ServerCommand(user: user, ownSession: true)(
            binaries.path(of: "initdb"),
            ["-D", place.data, "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        )
        try place.append(settings.configuration, to: "\(place.data)/postgresql.conf")
    }

    private func control(_ action: String, _ options: String...) async throws(ThrowawayPostgresError) {
        let waiting = action == "status" ? [] : ["-w", "-t", "60", "-s"]
        try await ServerCommand(user: user, ownSession: true)(
            binaries.path(of: "pg_ctl"),
            [action, "-D", place.data] + waiting + options
        )
    }
}
