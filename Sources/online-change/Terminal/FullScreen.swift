import Foundation
import Synchronization

/// The terminal's alternate screen, where a picture is drawn over the last one; what was there before comes back.
///
/// Ended by `leave`, and at the latest when the process ends by `exit`, whatever for. Keys come unbuffered and unechoed;
/// Ctrl-C stays a signal.
enum FullScreen {
    private struct State {
        var isEntered = false
        var former: termios?
    }

    private static let state = Mutex(State())
    private static let registration: Void = { atexit { FullScreen.leave() } }()

    /// Begins it.
    static func enter() {
        _ = registration
        let isNew = state.withLock { state -> Bool in
            guard !state.isEntered else { return false }
            state.isEntered = true
            var settings = termios()
            if isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &settings) == 0 {
                state.former = settings
                settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
                tcsetattr(STDIN_FILENO, TCSANOW, &settings)
            }
            return true
        }
        if isNew { Terminal.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J") }
    }

    /// Gives the terminal back as it was.
    static func leave() {
        let former = state.withLock { state -> State? in
            guard state.isEntered else { return nil }
            defer { state = State() }
            return state
        }
        guard let former else { return }
        Terminal.write("\u{1B}[?25h\u{1B}[?1049l")
        if var settings = former.former { tcsetattr(STDIN_FILENO, TCSANOW, &settings) }
    }

    /// Draws lines over what is there, in one piece, so that nothing flickers.
    static func draw(_ lines: [String]) {
        let rows = lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n")
        Terminal.write("\u{1B}[H" + rows + "\u{1B}[J")
    }
}
