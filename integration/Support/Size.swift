import Foundation

/// How much of a test is run: what fits into every `swift test`, or what the targets ask for.
enum Size {
    /// `ONLINE_CHANGE_LONG=1`: on a machine with nothing else to do, for minutes.
    static let isLong = ProcessInfo.processInfo.environment["ONLINE_CHANGE_LONG"] == "1"

    /// How many rows the benchmark's tables have; 0 to leave it out.
    static let benchmarkRows = Int(ProcessInfo.processInfo.environment["ONLINE_CHANGE_BENCH"] ?? "") ?? 0

    /// `ONLINE_CHANGE_BENCH_LOAD=0` leaves out what is measured beside an application: on large tables that takes an hour.
    static let benchmarkHasLoad = ProcessInfo.processInfo.environment["ONLINE_CHANGE_BENCH_LOAD"] != "0"

    static func of<Value>(short: Value, long: Value) -> Value { isLong ? long : short }

    /// What an application's statement may take beyond lock timeout and baseline: nothing where the machine is ours,
    /// and where other tests run beside, less than any wait that these tests are there to find.
    static let noise: Duration = isLong ? .zero : .milliseconds(400)
}

extension Duration {
    /// Milliseconds with one decimal.
    var inMilliseconds: String {
        let (seconds, attoseconds) = components
        let tenths = seconds * 10_000 + attoseconds / 100_000_000_000_000
        return "\(tenths / 10).\(tenths % 10) ms"
    }
}
