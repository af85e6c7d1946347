import Foundation

/// A lock on a file that the kernel releases when this process ends, whatever ends it.
///
/// Unlike a pid in a file, it cannot be mistaken for another process that got the same number, and it also counts
/// between containers that share the folder but not their pids.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// Makes the file, locked and with this content before anyone can see it under its name; `nil` if that fails.
    init?(creating path: String, content: String) {
        let unseen = path + ".new"
        // Close-on-exec: a child that inherited the descriptor would keep the lock after our death.
        let descriptor = open(unseen, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return nil }
        let bytes = Array(content.utf8)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0,
            write(descriptor, bytes, bytes.count) == bytes.count,
            rename(unseen, path) == 0
        else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    /// Locks a file that exists; `nil` if there is none, it may not be read, or somebody holds it.
    init?(taking path: String) {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}
