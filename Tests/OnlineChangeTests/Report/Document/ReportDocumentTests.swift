import Foundation
import Subprocess
import Testing

@testable import OnlineChange

struct ReportDocumentTests {
    @Test("No name, statement or answer of anybody's becomes markup, and no password comes out")
    func hostile() {
        let html = Self.hostile.html
        #expect(!html.lowercased().contains("<script"))
        #expect(!html.contains("<img"))
        #expect(!html.contains("' onload="))
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(!html.contains("open-sesame") && !Self.hostile.text.contains("open-sesame"))
        #expect(html.contains("password=***"))
        #expect(!html.contains("\u{202E}") && !html.contains("\u{1B}"))
        #expect(!Self.hostile.text.contains("\u{1B}"))
        // What is markup of ours is not escaped either.
        #expect(!html.contains("&lt;section") && !html.contains("Markup("))
    }

    @Test("The page needs nothing else: no script, nothing from elsewhere")
    func selfContained() {
        let html = Self.document.html
        #expect(
            !html.contains("<script") && !html.contains("http:") && !html.contains("https:") && !html.contains("url(")
        )
        #expect(html.contains("default-src 'none'"))
        #expect(html.matches(of: #/(?:src|href)="(?<target>[^"]*)"/#).allSatisfy { $0.output.target == "data:," })
    }

    @Test("Every element that is opened is closed, in order")
    func balanced() {
        for document in [Self.document, Self.hostile, Self.empty] {
            var open: [Substring] = []
            for tag in document.html.matches(of: #/<(?<end>\/)?(?<name>[a-z0-9]+)(?:\s[^<>]*?)?(?<alone>\/)?>/#) {
                let name = tag.output.name
                if ["meta", "link", "br"].contains(name) || tag.output.alone != nil { continue }
                if tag.output.end == nil { open.append(name) } else { #expect(open.popLast() == name) }
            }
            #expect(open == [])
        }
    }

    @Test("All that is known stands in both forms")
    func whole() {
        let html = Self.document.html
        let text = Self.document.text
        for part in [
            "users.name-to-full_name", "add column full_name", "waited for locks", "1.2 s, 3 retries",
            "ACCESS EXCLUSIVE",
            "ADD COLUMN changes what the table is", "1,000,000", "postgres", "ada@db1 (pid 7)", "started",
            "replication-lag", "128 writes came by the old name alone since swap, the last one at yesterday.",
        ] {
            #expect(html.contains(part), "\(part)")
            #expect(text.contains(part), "\(part)")
        }
        for part in ["Rows a second", "Batch time", "Replication lag, WAL", "<polyline", "class=\"held\"", "<details>"]
        {
            #expect(html.contains(part), "\(part)")
        }
        #expect(!html.contains("Replication lag, time"))
        #expect(!Self.empty.html.contains("<polyline"))
    }

    @Test("A chart stays within its frame, and a stop between two runs is marked")
    func chart() throws {
        var samples = (0..<50).map { SampleResolutionTests.sample(at: Double($0), rows: $0 * 10) }
        samples += (0..<50).map { SampleResolutionTests.sample(at: 10_000 + Double($0), rows: 100_000) }
        let markup = try #require(ReportChart.rate.markup(samples)).source
        let points = markup.matches(of: #/(?<x>-?[0-9.]+),(?<y>-?[0-9.]+)/#)
        #expect(points.count > 200)
        #expect(
            points.allSatisfy {
                (0...1000).contains(Double($0.output.x) ?? -1) && (0...160).contains(Double($0.output.y) ?? -1)
            }
        )
        #expect(markup.matches(of: #/class="gap"/#).count == 1)
        #expect(ReportChart.rate.markup([]) == nil && ReportChart.lagBytes.markup(samples) == nil)
    }

    @Test("A browser renders it without a complaint", .enabled("chromium is not installed", { chromium != nil }))
    func browser() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "report-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let page = folder.appending(path: "report.html")
        try Data(Self.hostile.html.utf8).write(to: page)
        let result = try await Subprocess.run(
            .path(.init(try #require(chromium))),
            arguments: [
                "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
                "--user-data-dir=\(folder.path)/profile",
                "--dump-dom", page.absoluteString,
            ],
            output: .string(limit: 8 << 20),
            error: .string(limit: 8 << 20)
        )
        #expect(result.terminationStatus == .exited(0))
        #expect(result.standardOutput.contains("<title>") && result.standardOutput.contains("<polyline"))
        let complaints = result.standardError.split(separator: "\n").filter { $0.contains("CONSOLE") }
        #expect(complaints == [])
    }

    // MARK: Documents

    static let document: ReportDocument = {
        var samples = (0..<20).map { SampleResolutionTests.sample(at: Double($0), rows: 40_000 + $0 * 100) }
        for place in samples.indices { samples[place].lagBytes = place << 20 }
        for place in 8..<12 {
            samples[place].worked = 0
            samples[place].held = "replication-lag"
        }
        return ReportDocument(
            status: StatusTextTests.status {
                $0.progress = Progress(activity: "backfill", fraction: 1, rows: 1_000_000, rate: 0, remaining: nil)
                $0.legacyWrites = .init(count: 128, first: "the day before", last: "yesterday")
                $0.phases[1] = .init(name: "backfill", state: "under way")
            },
            recipe: "rename-column",
            arguments: ["from: name", "to: full_name"],
            made: "2026-11-22 15:00:00 UTC, by online-change 1",
            phases: [
                .init(
                    name: "expand",
                    summary: "Adds full_name.",
                    state: "reached",
                    steps: [
                        .init(
                            title: "add column full_name",
                            state: "done",
                            begun: 100,
                            begunAt: "2026-11-22 14:00:00 UTC",
                            ended: 100.01,
                            waited: 1.2,
                            retries: 3
                        )
                    ]
                ),
                .init(
                    name: "backfill",
                    summary: "Copies.",
                    state: "under way",
                    steps: [
                        .init(
                            title: "copy name",
                            state: "begun",
                            begun: 101,
                            begunAt: "2026-11-22 14:00:01 UTC",
                            ended: 900
                        )
                    ]
                ),
                .init(name: "swap", summary: "Exchanges.", state: "ahead", steps: [.init(title: "exchange")]),
            ],
            locks: [
                .init(
                    phase: "expand",
                    table: "public.users",
                    mode: "ACCESS EXCLUSIVE",
                    reason: "ADD COLUMN changes what the table is",
                    step: "add column full_name"
                )
            ],
            comparisons: [
                .init(
                    at: "2026-11-22 14:20:00 UTC",
                    table: "public.users",
                    seconds: 3.2,
                    rows: 1_000_000,
                    differences: 0,
                    repaired: 0,
                    unfit: 0
                )
            ],
            backfill: samples,
            compare: [],
            audit: [
                .init(
                    at: "2026-11-22 14:00:00 UTC",
                    actor: "postgres",
                    origin: "ada@db1 (pid 7)",
                    what: "started",
                    statements: "ALTER TABLE users ADD COLUMN full_name text"
                )
            ]
        )
    }()

    static let hostile: ReportDocument = {
        let bad = "<script>alert(1)</script> ' onload='x' \"><img src=x onerror=alert(1)> &lt; \u{202E}\u{1B}[31m"
        let secret = "\(bad) host=db1 password=open-sesame postgresql://ops:open-sesame@db1/shop"
        var document = Self.document
        document.status.change = bad
        document.status.table = bad
        document.status.error = secret
        document.status.differingLimits = ["throttle-query SELECT dblink('password=open-sesame')"]
        document.recipe = bad
        document.arguments = [bad]
        document.phases[0].name = bad
        document.phases[0].summary = bad
        document.phases[0].steps[0].title = bad
        document.phases[0].steps[0].begunAt = bad
        document.locks[0].table = bad
        document.locks[0].reason = bad
        document.comparisons[0].table = bad
        document.backfill[9].held = bad
        document.audit[0].what = secret
        document.audit[0].origin = bad
        document.audit[0].statements = secret
        return document
    }()

    static let empty = ReportDocument(
        status: StatusTextTests.status { _ in },
        recipe: "",
        arguments: [],
        made: "",
        phases: [],
        locks: [],
        comparisons: [],
        backfill: [],
        compare: [],
        audit: []
    )
}

private let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }
