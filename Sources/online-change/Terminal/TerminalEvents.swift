import Dispatch
import Foundation

/// What a person does at the terminal: keys, resizes, and Ctrl-Z with what follows it.
struct TerminalEvents {
    enum Event: Sendable {
        case key(Character)
        case resized
        /// Ctrl-Z.
        case stopAsked
    }

    private let sources: [any DispatchSourceProtocol]

    /// Calls `tell` for every event until `cancel`.
    init(_ tell: @escaping @Sendable (Event) -> Void) {
        var sources: [any DispatchSourceProtocol] = []
        for (number, event) in [(SIGWINCH, Event.resized), (SIGTSTP, .stopAsked)] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { tell(event) }
            sources.append(source)
        }
        if isatty(STDIN_FILENO) == 1 {
            let source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .global())
            source.setEventHandler {
                var bytes = [UInt8](repeating: 0, count: 64)
                let count = read(STDIN_FILENO, &bytes, bytes.count)
                // What begins with ESC is an arrow or a function key.
                guard count > 0, bytes[0] != 0x1B else { return }
                for character in String(decoding: bytes[..<count], as: UTF8.self) { tell(.key(character)) }
            }
            sources.append(source)
        }
        sources.forEach { $0.resume() }
        self.sources = sources
    }

    func cancel() {
        sources.forEach { $0.cancel() }
        for number in [SIGWINCH, SIGTSTP] { signal(number, SIG_DFL) }
    }
}
