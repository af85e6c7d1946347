import Foundation
import Synchronization
import Testing

/// Collects JSON and has Python's jsonschema compare it with the schemas in docs/json.
final class JSONSchema: Sendable {
    private struct Document {
        let schema: String
        let text: String
    }

    private let documents = Mutex<[Document]>([])

    /// Whether there is what compares; where the tests must be complete, it has to be.
    static var canCheck: Bool {
        get async throws {
            if ProcessInfo.processInfo.environment["CI"] == "true" { return true }
            return try await run("/usr/bin/python3", ["-c", "import jsonschema"]).code == 0
        }
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/json").path

    /// Adds what a command printed: a line each for events, else all of it. A command that failed has an event as its
    /// last line.
    ///
    /// - Parameter isAnswer: whether the exit code is part of what was asked for, so that nothing failed.
    func add(_ ended: (schema: String, run: CommandRun), code: Int32 = 0, isAnswer: Bool = false) throws {
        #expect(ended.run.code == code, "\(ended.run.output)\n\(ended.run.errors)")
        let lines = ended.run.output.split(separator: "\n").map(String.init)
        try #require(!lines.isEmpty)
        if ended.schema == "event" {
            for line in lines { add("event", line) }
        } else if code == 0 || isAnswer {
            add(ended.schema, ended.run.output)
        } else {
            #expect(lines.count == 1)
            add("event", lines[0])
        }
        if code != 0 && !isAnswer {
            #expect(lines.last?.contains(#""event":"failed""#) == true)
            #expect(lines.last?.contains(#""exitCode":\#(code)"#) == true)
        }
    }

    /// Adds a document.
    func add(_ schema: String, _ text: String) {
        documents.withLock { $0.append(Document(schema: schema, text: text)) }
    }

    /// Compares all that was added; an issue for whatever its schema doesn't know.
    func check() async throws {
        let documents = documents.withLock { $0 }
        let input = try JSONSerialization.data(withJSONObject: documents.map { [$0.schema, $0.text] })
        let ended = try await run(
            "/usr/bin/python3",
            ["-c", Self.program, Self.folder],
            typing: String(decoding: input, as: UTF8.self)
        )
        #expect(ended.code == 0, "\(ended.output)\n\(ended.errors)")
        #expect(ended.output.contains("\(documents.count) valid"))
    }

    private static let program = """
        import json, sys
        from jsonschema import Draft202012Validator
        def validator(name):
            with open(f"{sys.argv[1]}/{name}.json") as file:
                schema = json.load(file)
            Draft202012Validator.check_schema(schema)
            return Draft202012Validator(schema)
        validators, bad, good = {}, 0, 0
        for name, text in json.load(sys.stdin):
            if name not in validators:
                validators[name] = validator(name)
            document = json.loads(text)
            errors = list(validators[name].iter_errors(document))
            for error in errors:
                kind = document.get("event") if isinstance(document, dict) else None
                near = [e for e in error.context or [] if list(e.schema_path)[0:1] != [] and e.validator != "const"]
                print(name, kind, error.message[:300], [e.message[:200] for e in near][:5])
            bad += len(errors) > 0
            good += not errors
        print(good, "valid")
        sys.exit(bad > 0)
        """
}
