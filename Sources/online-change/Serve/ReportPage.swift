import Foundation
import OnlineChange

/// The pages of `serve`: what `status` prints, drawn anew every five seconds.
enum ReportPage {
    /// All changes, the newest first.
    static func list(_ statuses: [ChangeStatus]) -> String {
        let rows = statuses.map { status in
            // The number, for one name can have been given twice.
            "<li><a href=\"/changes/\(status.number)\">\(escaped(status.change))</a> \(escaped(status.table)), "
                + "\(escaped(status.headline))</li>"
        }
        return page("Changes", rows.isEmpty ? "<p>No changes in this database.</p>" : "<ul>\(rows.joined())</ul>")
    }

    /// One change.
    static func change(_ status: ChangeStatus) -> String {
        page(status.change, "<pre>\(escaped(status.text))</pre><p><a href=\"/\">all changes</a></p>")
    }

    private static func page(_ title: String, _ body: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="refresh" content="5">
        <title>\(escaped(title)) - online-change</title>
        <style>
        :root { color-scheme: light dark; }
        body { font: 1rem/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 60rem; padding: 0 1rem; }
        pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .9rem; }
        </style>
        </head>
        <body>
        <h1>\(escaped(title))</h1>
        \(body)
        </body>
        </html>

        """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
