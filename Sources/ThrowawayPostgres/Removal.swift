/// The one way in which a cluster goes: stop its server at once, then delete its folder.
///
/// It is a shell script because it must also run when nobody of us is left, in the `Watchdog`.
struct Removal: Sendable {
    let folder: String
    let user: ServerUser

    /// Expects the folder as `$1` and does nothing if that is gone. Exits with 0 when the folder is no longer there.
    static let script = """
        folder=$1
        data=$folder/data

        # A pid in a file may be stale and someone else's by now: believe it only if that process works in our folder.
        server_runs() {
            pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) && [ -n "$pid" ] || return 1
            if [ -e /proc/self/cwd ]; then
                [ "$(readlink "/proc/$pid/cwd")" = "$(cd "$data" 2>/dev/null && pwd -P)" ]
            else
                ps -o command= -p "$pid" | grep -qF -- "$data"
            fi
        }

        # QUIT is the immediate shutdown, which takes a suspended server a CONT to notice.
        stop_with() {
            server_runs && kill -s "$1" "$pid" 2>/dev/null && kill -s CONT "$pid" 2>/dev/null || return
            looks=0
            while server_runs && [ "$looks" -lt 140 ]; do looks=$((looks + 1)); sleep 0.05; done
        }
        stop_with QUIT
        stop_with KILL

        # Processes orphaned by KILL may still be writing for a moment.
        tries=0
        until rm -rf "$folder" 2>/dev/null || [ "$tries" -ge 50 ]; do tries=$((tries + 1)); sleep 0.1; done
        [ ! -e "$folder" ]
        """

    /// Stops and deletes. Throws `notRemoved` if the folder is still there afterwards.
    func callAsFunction() async throws(ThrowawayPostgresError) {
        // A cancelled task would have the script killed half-way.
        let removed = await Task.detached { [self] in
            let shell = ServerCommand(user: user, ownSession: true)
            return (try? await shell("/bin/sh", ["-c", Self.script, "oc-pg-removal", folder])) != nil
        }.value
        guard removed else { throw .notRemoved(folder: folder) }
    }
}
