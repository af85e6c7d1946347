#if DEBUG
    import Foundation
    import Synchronization

    /// Ends this process at a message to the server, so that tests can die at each of them. Release builds have none of it.
    ///
    /// A process passes two points for every message, before it is sent and when its answer is there, numbered from 1 in
    /// the order in which it passes them. `ONLINE_CHANGE_FAILPOINT=12` dies at the twelfth as by SIGKILL, before anything
    /// else is done; `ONLINE_CHANGE_FAILPOINT_LOG=FILE` adds a line for each to a file: number, moment and text, with
    /// tabs between them. Sessions that work at the same time pass their points in no certain order.
    enum Failpoint {
        enum Moment: String {
            case before, after
        }

        private static let passed = Atomic(0)
        private static let last = Int(ProcessInfo.processInfo.environment["ONLINE_CHANGE_FAILPOINT"] ?? "")
        private static let log = ProcessInfo.processInfo.environment["ONLINE_CHANGE_FAILPOINT_LOG"]
            .map { Log(path: $0) }

        static func pass(_ moment: Moment, _ text: String) {
            guard last != nil || log != nil else { return }
            let number = passed.add(1, ordering: .sequentiallyConsistent).newValue
            let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            log?.add("\(number)\t\(moment.rawValue)\t\(line)\n")
            if number == last { kill(getpid(), SIGKILL) }
        }

        /// A file to which each line goes in one write, so that it is there when the process is not.
        private struct Log {
            private let descriptor: Int32

            init(path: String) {
                descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            }

            func add(_ line: String) {
                let bytes = Array(line.utf8)
                _ = write(descriptor, bytes, bytes.count)
            }
        }
    }
#endif
