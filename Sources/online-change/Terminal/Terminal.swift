import Foundation

/// What is at the other end of our output, and of our input.
enum Terminal {
    /// Whether somebody looks at a terminal that can move its cursor.
    static var isInteractive: Bool {
        isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] ?? "dumb" != "dumb"
    }

    /// Whether to use colours: on a terminal, unless NO_COLOR says otherwise (no-color.org).
    static var isColoured: Bool {
        isInteractive && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Columns and rows; nil where there is no terminal.
    static var size: (columns: Int, rows: Int)? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    static func write(_ text: String) {
        // A terminal that has gone away is no one's loss.
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}
