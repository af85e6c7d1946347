import Foundation

/// A server that can be written to, of a version that has what the plan needs.
enum ServerCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        let facts = subject.facts
        var findings: [Finding] = []
        if facts.version < 14_00_00 {
            findings.append(
                .refused(
                    "server",
                    "it is version \(text(facts.version)); TID range scans came with 14",
                    wayOut: "Upgrade the server to 14 or newer."
                )
            )
        }
        if facts.isInRecovery {
            findings.append(
                .refused(
                    "server",
                    "it is a standby and can't be written to",
                    wayOut: "Connect to the primary, or add target_session_attrs=read-write to a multi-host --dsn."
                )
            )
        }
        if (14_00_00..<14_00_04).contains(facts.version), !allowsEarly14 {
            findings.append(
                .refused(
                    "server",
                    "CREATE INDEX CONCURRENTLY of \(text(facts.version)) can build a corrupt index (mended in 14.4)",
                    wayOut: "Upgrade the server to the newest 14 first."
                )
            )
        }
        return findings
    }

    /// So that the tests run on the one release of 14 that their machine has. Release builds never allow it.
    private static var allowsEarly14: Bool {
        #if DEBUG
            ProcessInfo.processInfo.environment["ONLINE_CHANGE_EARLY_14"] != nil
        #else
            false
        #endif
    }

    private static func text(_ version: Int) -> String { "\(version / 10000).\(version % 10000)" }
}
