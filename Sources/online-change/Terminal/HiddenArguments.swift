import Foundation
import Postgres

/// The command line, which every user of the machine can read in the list of processes.
enum HiddenArguments {
    /// Takes the arguments, and overwrites the passwords in what the list of processes shows of them.
    static func take() -> [String] {
        let arguments = CommandLine.arguments
        for (place, argument) in arguments.enumerated() {
            let ranges = Secrets.ranges(in: argument)
            // What is no UTF-8 was repaired when it was read, and its bytes are elsewhere.
            guard !ranges.isEmpty, let bytes = CommandLine.unsafeArgv[place], strlen(bytes) == argument.utf8.count
            else { continue }
            for range in ranges {
                let start = argument.utf8.distance(from: argument.startIndex, to: range.lowerBound)
                memset(bytes + start, Int32(UInt8(ascii: "*")), argument[range].utf8.count)
            }
        }
        return arguments
    }
}
