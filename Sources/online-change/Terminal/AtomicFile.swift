import Foundation
import OnlineChange

/// A file that readers see whole or not at all.
enum AtomicFile {
    /// Refuses what is there and no file, such as a device, before it could be replaced or removed.
    static func check(_ path: String) throws(Failure) {
        var facts = stat()
        guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT != S_IFREG else { return }
        throw Failure(
            .refused,
            "\(path) is no plain file",
            left: "It is as it was before.",
            next: "Name a file that can be replaced, or leave --output out to print."
        )
    }

    /// Writes a file beside the one that is meant and gives it its name; everybody may read it.
    ///
    /// - Throws: `Failure.refused`; a file of that name that was there before is as it was then.
    static func write(_ text: String, to path: String) throws(Failure) {
        // A name that collectors of `*.prom` pass over.
        let draft = "\(path).\(ProcessInfo.processInfo.processIdentifier).tmp"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path) }
        var isWritten = fchmod(descriptor, 0o644) == 0
        var bytes = Array(text.utf8)[...]
        while isWritten, !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { bytes = bytes.dropFirst(count) } else if errno != EINTR { isWritten = false }
        }
        // Without it a crash of the machine could leave the name on an empty file.
        isWritten = isWritten && fsync(descriptor) == 0
        let isThere = isWritten && rename(draft, path) == 0
        let failure = failure(path)
        close(descriptor)
        guard isThere else {
            unlink(draft)
            throw failure
        }
    }

    private static func failure(_ path: String) -> Failure {
        Failure(
            .refused,
            "the file \(path) can't be written: \(String(cString: strerror(errno)))",
            left: "The file is as it was before.",
            next: "Name a file in a folder that you may write to."
        )
    }
}
