import ArgumentParser
import OnlineChange
import Postgres
import Synchronization

extension CompletionKind {
    /// The names of changes that have not ended, where a database answers within two seconds; else none.
    static var changes: CompletionKind {
        .custom { words, _, _ in await ChangeCompletion.names(ChangeCompletion.parameters(words)) }
    }
}

/// Finds what a shell offers for CHANGE. It says nothing of what goes wrong: somebody is typing.
enum ChangeCompletion {
    /// The connection that the words typed so far would make.
    static func parameters(_ words: [String]) -> ConnectionParameters {
        for (place, word) in words.enumerated() {
            // The shell hands words over as they are typed, quotes and all.
            let next = words.dropFirst(place + 1).first
            let value = word.hasPrefix("--dsn=") ? String(word.dropFirst(6)) : word == "--dsn" ? next : nil
            if let value { return ConnectionParameters(conninfo: value.trimmingPrefix { "'\"".contains($0) }.unquoted) }
        }
        return ConnectionParameters(conninfo: nil)
    }

    /// The names, the newest change first.
    static func names(_ parameters: ConnectionParameters, within limit: Duration = .seconds(2)) async -> [String] {
        let isAnswered = Mutex(false)
        return await withCheckedContinuation { continuation in
            let answer: @Sendable ([String]) -> Void = { names in
                let isFirst = isAnswered.withLock { was in
                    defer { was = true }
                    return !was
                }
                if isFirst { continuation.resume(returning: names) }
            }
            // Neither waits for the other: a connection that hangs ends with the process.
            Task { answer(((try? await ChangeStatus.names(parameters)) ?? [])) }
            Task {
                try? await Task.sleep(for: limit)
                answer([])
            }
        }
    }
}

extension Substring {
    /// The text without a quote at its end.
    fileprivate var unquoted: String { last == "'" || last == "\"" ? String(dropLast()) : String(self) }
}
