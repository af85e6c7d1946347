/// The page of a site that lists the changes of a database.
public enum ChangeListPage {
    /// The changes in the order given, each with a link to its report under `/changes/`, by its number: one name can have
    /// been given twice. It is asked for anew every so many seconds.
    public static func html(_ statuses: [ChangeStatus], every seconds: Int) -> String {
        let rows = statuses.map { status -> Markup in
            """
            <tr><td><a href="/changes/\(status.number)">\(status.change)</a></td><td>\(status.table)</td>\
            <td>\(status.headline)</td></tr>

            """
        }
        let content: Markup =
            rows.isEmpty
            ? "<h1>Changes</h1><p>No changes in this database.</p>"
            : """
            <h1>Changes</h1>
            <table><thead><tr><th>change</th><th>table</th><th>state</th></tr></thead><tbody>
            \(rows)</tbody></table>
            """
        return Markup.page("Changes", content, refresh: seconds).source
    }
}
