import FlyingFox
import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// The examples in integration/hooks.
@Suite(.database) struct ExampleHookTests {
    private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "integration/hooks").path

    @Test("A freeze stops the swap", .enabled(if: hasCurl))
    func freeze() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text)")
        try await onlineChange("rename-column", "users", "name", "full_name")
        try await ScratchFolder.with { scratch in
            let file = "\(scratch.path)/freeze"
            try Data("a freeze until Monday\n".utf8).write(to: URL(fileURLWithPath: file))
            let messages = try await Webhook.messages { url in
                let stopped = try await advance(["FREEZE_FILE": file, "CHAT_WEBHOOK_URL": url])
                #expect(stopped.code == 75)
                #expect(
                    stopped.errors.contains("the hook before-swap stopped swap: it ended with 1: a freeze until Monday")
                )
                try FileManager.default.removeItem(atPath: file)
                let agreed = try await advance(["FREEZE_FILE": file, "CHAT_WEBHOOK_URL": url])
                #expect(agreed.code == 0)
            }
            #expect(messages.count == 2)
            #expect(messages.first?.hasPrefix("users.name-to-full_name stopped with 75: the hook before-swap") == true)
            #expect(messages.last?.hasPrefix("users.name-to-full_name: swap is reached. ") == true)
            #expect(messages.last?.hasSuffix("\nnext: online-change advance users.name-to-full_name") == true)
        }
    }

    @Test("Names with quotes, backslashes, ampersands and line breaks arrive as they are", .enabled(if: hasCurl))
    func escaping() async throws {
        let name = "a \"b\" \\n & é\t$(x)\n'c'"
        let messages = try await Webhook.messages { url in
            let hook = try await run(
                "\(folder)/finished",
                [],
                environment: [
                    "ONLINE_CHANGE_EVENT": "finished", "ONLINE_CHANGE_CHANGE": .some(name), "ONLINE_CHANGE_NEXT": "",
                    "CHAT_WEBHOOK_URL": .some(url),
                ]
            )
            #expect(hook.code == 0, "\(hook.errors)")
        }
        #expect(messages == ["\(name): finished"])
    }

    private func advance(_ variables: [String: String]) async throws -> CommandRun {
        try await run(
            "/usr/bin/env",
            variables.map { "\($0.key)=\($0.value)" }
                + [binary, "advance", "1", "--hooks", folder, "--dsn", try TestDatabase.current.dsn]
        )
    }
}

private let hasCurl = ["/usr/bin/curl", "/bin/curl", "/usr/local/bin/curl"].contains {
    FileManager.default.isExecutableFile(atPath: $0)
}

/// A chat's webhook on this machine.
private enum Webhook {
    /// The texts that are posted while the body runs.
    static func messages(_ body: (_ url: String) async throws -> Void) async throws -> [String] {
        let texts = Box()
        let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: 0), logger: .disabled)
        await server.appendRoute("POST /hook") { request in
            let object = try await JSONSerialization.jsonObject(with: request.bodyData) as? [String: String]
            texts.add(object?["text"] ?? "no text")
            return HTTPResponse(statusCode: .ok)
        }
        let task = Task { try await server.run() }
        try await server.waitUntilListening()
        guard case .ip4(_, let port)? = await server.listeningAddress else { throw CocoaError(.featureUnsupported) }
        try await body("http://127.0.0.1:\(port)/hook")
        task.cancel()
        return texts.all
    }

    private final class Box: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func add(_ text: String) { texts.withLock { $0.append(text) } }
    }
}
