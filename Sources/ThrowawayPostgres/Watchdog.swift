import Subprocess

/// A shell that removes a cluster as soon as its owner is gone, however it went.
///
/// It waits for the end of a pipe whose only writing end this process holds and the kernel closes, even after SIGKILL.
/// In a session of its own it outlives the owner's terminal and process group.
final class Watchdog: Sendable {
    let processIdentifier: Int32
    private let release: AsyncStream<Never>.Continuation
    private let ended: Task<Void, Never>

    private static let script = """
        while read -r ignored; do :; done
        \(Removal.script)
        """

    /// Returns when the watchdog is on guard.
    ///
    /// Holds the owner's lock until the cluster is removed or this process ends, even if nobody refers to the cluster
    /// any more: its connection string may be all that somebody has kept.
    init(over removal: Removal, holding lock: FileLock) async throws(ThrowawayPostgresError) {
        let (births, birth) = AsyncStream<Result<Int32, ThrowawayPostgresError>>.makeStream()
        let (releases, release) = AsyncStream<Never>.makeStream()
        let configuration = ServerCommand(user: removal.user, ownSession: true)
            .configuration("/bin/sh", ["-c", Self.script, "oc-pg-watchdog", removal.folder])
        // Detached, for it lives as long as the cluster, not as long as the task that starts one.
        let ended = Task.detached {
            do {
                // Subprocess makes the pipe close-on-exec, so neither the server nor any other child holds it open.
                _ = try await run(configuration, input: .inputWriter, output: .discarded, error: .discarded) { shell in
                    birth.yield(.success(shell.processIdentifier.value))
                    for await _ in releases {}
                    try await shell.standardInputWriter.finish()
                }
            } catch {
                birth.yield(.failure(.commandFailed(command: "/bin/sh", outcome: "\(error)", output: "")))
            }
            birth.finish()
            withExtendedLifetime(lock) {}
        }
        self.release = release
        self.ended = ended
        var first: Result<Int32, ThrowawayPostgresError>?
        for await outcome in births {
            first = outcome
            break
        }
        guard let first else {
            // A cancelled task hears nothing; the watchdog may be there all the same.
            release.finish()
            await ended.value
            throw .commandFailed(command: "/bin/sh", outcome: "cancelled", output: "")
        }
        processIdentifier = try first.get()
    }

    /// Has it remove the cluster now; returns when it has ended. Nothing happens the second time.
    func removeNow() async {
        release.finish()
        await ended.value
    }
}
