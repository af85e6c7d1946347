internal import CLibPQ
import Synchronization

/// Collects what the server says beside its results, which libpq would print on stderr.
final class NoticeLog: Sendable {
    private let notices = Mutex<[String]>([])

    /// Lives as long as the connection does: the connection holds it.
    init(connection: OpaquePointer) {
        PQsetNoticeReceiver(
            connection,
            { log, result in
                guard let log else { return }
                let notice = ServerError(result)
                Unmanaged<NoticeLog>.fromOpaque(log).takeUnretainedValue().notices.withLock {
                    $0.append(notice.message)
                }
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    /// What came since the last call.
    func take() -> [String] {
        notices.withLock { notices in
            defer { notices = [] }
            return notices
        }
    }
}
