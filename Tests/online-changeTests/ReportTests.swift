import Foundation
import TestSupport
import Testing

@Suite(.database) struct ReportTests {
    @Test("As text, and as a page in a file; where it can't be written, that is said")
    func both() async throws {
        try await TestDatabase.current.run(
            #"CREATE TABLE users (id int PRIMARY KEY, "<script>alert(1)</script>" text); INSERT INTO users VALUES (1, 'Ada')"#
        )
        try await onlineChange("rename-column", "users", #""<script>alert(1)</script>""#, "full_name", "--name", "r")
        let text = try await onlineChange("report", "r")
        #expect(text.code == 0)
        #expect(text.output.contains("backfill: reached") && text.output.contains("1 rows, 0 differed"))
        let file = FileManager.default.temporaryDirectory.appending(path: "report-\(UUID().uuidString).html")
        defer { try? FileManager.default.removeItem(at: file) }
        let page = try await onlineChange("report", "1", "--html", file.path)
        #expect(page.code == 0 && page.output.hasPrefix(file.path), "\(page.errors)")
        let html = try String(contentsOf: file, encoding: .utf8)
        #expect(html.hasPrefix("<!DOCTYPE html>") && !html.contains("<script"))
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        try await #expect(onlineChange("advance", "r").code == 0)
        let swapped = try await onlineChange("report", "r")
        #expect(swapped.output.contains("Evidence: "), "\(swapped.output)\(swapped.errors)")
        let nowhere = try await onlineChange("report", "1", "--html", "/nosuchfolder/r.html")
        #expect(nowhere.code == 64 && nowhere.errors.contains("can't be written to /nosuchfolder/r.html"))
        let unknown = try await onlineChange("report", "nosuch")
        #expect(unknown.code == 78 && unknown.errors.contains("there is no change 'nosuch'"))
    }
}
