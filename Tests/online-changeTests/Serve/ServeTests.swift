import Foundation
import Postgres
import Subprocess
import Synchronization
import TestSupport
import Testing

@Suite(.database) struct ServeTests {
    @Test("It answers monitoring and browsers, and nobody else")
    func answers() async throws {
        let database = try TestDatabase.current
        try await database.run(#"CREATE TABLE users (name text); CREATE TABLE "<b>" (name text)"#)
        try await onlineChange("rename-column", "users", "name", "full_name", "--through", "expand")
        try await onlineChange(
            "rename-column",
            #""<b>""#,
            "name",
            "full_name",
            "--name",
            "a/b & c",
            "--through",
            "expand"
        )
        let ended = try await serving { port in
            let metrics = try await get(port, "/metrics")
            #expect(metrics.hasPrefix("HTTP/1.1 200 "))
            #expect(metrics.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
            #expect(metrics.contains("\nonline_change_unfinished_changes{database=\"\(database.name)\"} 2\n"))
            try await #expect(get(port, "/healthz").hasSuffix("\r\n\r\nok\n"))

            let list = try await get(port, "/")
            #expect(list.contains("Content-Security-Policy: default-src 'none'"))
            #expect(list.contains("<a href=\"/changes/1\">users.name-to-full_name</a>"))
            #expect(list.contains("a/b &amp; c"))
            #expect(!list.contains("<b>"))
            for path in ["/changes/2", "/changes/a%2Fb%20%26%20c", "/changes/a/b%20%26%20c"] {
                let page = try await get(port, path)
                #expect(page.contains("<dd>online-change advance &#39;a/b &amp; c&#39;</dd>"))
                #expect(page.contains("<h2>Phases and steps</h2>"))
            }
            for path in ["/changes/3", "/etc/passwd", "/../../etc/passwd", "/changes/", "/changes/%ff", "/metrics/"] {
                try await #expect(get(port, path).hasPrefix("HTTP/1.1 404 "), "\(path)")
            }
            let head = try await request(port, "HEAD /metrics HTTP/1.1\r\nHost: localhost:\(port)")
            #expect(head.hasPrefix("HTTP/1.1 200 "))
            #expect(!head.contains("online_change"))
            try await #expect(
                request(port, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0").hasPrefix("HTTP/1.1 405 ")
            )
            for host in ["Host: evil.example", "X: none"] {
                let answer = try await request(port, "GET / HTTP/1.1\r\n\(host)")
                #expect(answer.hasPrefix("HTTP/1.1 403 "))
                #expect(!answer.contains("users"))
            }
        }
        #expect(ended.code == 0)
        #expect(ended.errors.isEmpty)
    }

    @Test("A lost session is made anew; while the database can't be reached, it says so and no more")
    func lostSession() async throws {
        let database = try TestDatabase.current
        try await serving { port in
            try await #expect(get(port, "/healthz").hasPrefix("HTTP/1.1 200 "))
            let ended: Int = try await database.value(
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """
            )
            #expect(ended == 1)
            try await #expect(get(port, "/healthz").hasPrefix("HTTP/1.1 200 "))
        }
        let dsn = "postgresql://ada:geheim@127.0.0.1:1/secret_database"
        let ended = try await serving(dsn: dsn) { port in
            for path in ["/healthz", "/metrics", "/", "/changes/1"] {
                let answer = try await get(port, path)
                #expect(answer.hasPrefix("HTTP/1.1 503 "))
                #expect(answer.hasSuffix("\r\n\r\nthe database can't be reached\n"))
            }
        }
        #expect(!(ended.output + ended.errors).contains("geheim"))
    }

    @Test("A port that is taken is named")
    func takenPort() async throws {
        try await serving { port in
            let second = try await onlineChange("serve", "--listen", "127.0.0.1:\(port)")
            #expect(second.code == 75)
            #expect(second.errors.hasPrefix("online-change: another program listens on 127.0.0.1:\(port) already\n"))
        }
        let wrong = try await onlineChange("serve", "--listen", "9187")
        #expect(wrong.code == 64)
    }

    /// Runs the body beside a server, and ends it with SIGTERM.
    @discardableResult
    private func serving(
        dsn: String? = nil,
        _ body: @Sendable (_ port: Int) async throws -> Void
    ) async throws -> CommandRun {
        try await ScratchFolder.with { folder in
            // The line that names the port must be read while it runs.
            let log = "\(folder.path)/log"
            let target = if let dsn { dsn } else { try TestDatabase.current.dsn }
            return try await run(
                "/bin/sh",
                ["-c", #"exec "$0" serve --listen localhost:0 --dsn "$1" > "$2""#, binary, target, log]
            ) { send in
                try await eventually { folder.text("log").contains("Ctrl-C") }
                let port = try #require(
                    folder.text("log").firstMatch(of: /127\.0\.0\.1:([0-9]+)/).flatMap { Int($0.1) }
                )
                try await body(port)
                try send(.terminate)
            }
        }
    }

    private func get(_ port: Int, _ path: String) async throws -> String {
        try await request(port, "GET \(path) HTTP/1.1\r\nHost: localhost:\(port)")
    }

    /// Sends a request as it is written and returns all that is answered.
    private func request(_ port: Int, _ head: String) async throws -> String {
        let ended = try await run(
            "/bin/bash",
            [
                "-c", #"exec 3<>/dev/tcp/127.0.0.1/"$0"; printf '%s\r\nConnection: close\r\n\r\n' "$1" >&3; cat <&3"#,
                "\(port)", head,
            ]
        )
        return ended.output
    }
}
