import Foundation
import Synchronization

/// What we print to. Nobody may be there any more to read it, and the work goes on all the same.
enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// The error number of the write that found nobody there.
    private static let lost = Mutex<[StandardStream: Int32]>([:])

    /// Whether nothing that is written arrives: the terminal has gone, or whoever read the pipe.
    var isGone: Bool { Self.lost.withLock { $0[self] != nil } }
    /// Whether it was a pipe.
    var isPipeGone: Bool { Self.lost.withLock { $0[self] == EPIPE } }

    /// Writes all of a text.
    ///
    /// Where a terminal has gone (a lost connection) it is dropped. Where a pipe's reader of ours has (`| head`), it is
    /// dropped and the run is interrupted, for what it is run for can't be seen.
    func write(_ text: String) {
        guard !text.isEmpty, !isGone else { return }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(rawValue, $0.baseAddress, $0.count) }
            if count >= 0 {
                bytes = bytes.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                var waiting = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, 1000)
            case let number:
                Self.lost.withLock { $0[self] = number }
                if number == EPIPE, self == .output { Interruption.interrupt() }
                return
            }
        }
    }
}
