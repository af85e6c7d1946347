import Postgres

/// How the rows of a table are divided into stripes: sets of rows that lie evenly over all pages.
///
/// Written stripe by stripe, a page's rows find the room that the stripe before has left, so most of them stay in
/// their page and no index hears of it.
public struct Striping: Codable, Hashable, Sendable {
    /// How many stripes. A prime, so that keys which a sequence counts in tens or dozens spread over all of them.
    public var count: Int
    /// The columns of the primary key where all of them are whole numbers; empty to go by the row's place.
    public var key: [Identifier]

    /// The striping of a table: by its primary key if that can be counted with.
    ///
    /// The place serves any table, but leaves it to chance how many rows of a page a stripe has.
    init(table: TableSnapshot) {
        let columns = table.primaryKey.compactMap { table.column($0) }
        // A key may INCLUDE columns that hold NULLs, and a NULL is in no stripe.
        let isCountable = columns.allSatisfy { $0.holdsNoNull && Self.integers.contains($0.systemType ?? "") }
        key = isCountable ? columns.map(\.name) : []
        count = Self.count(rowsPerPage: table.rowsPerPage, isIndexed: !table.indexes.isEmpty)
    }

    /// Each stripe costs one more pass over the pages, and is worth it by what it spares (measured: docs/backfill.md).
    ///
    /// - Parameter rowsPerPage: as the server last counted; nil where it never did.
    private static func count(rowsPerPage: Double?, isIndexed: Bool) -> Int {
        // A page must keep rows when one of them has left, or none finds room in it.
        if let rowsPerPage, rowsPerPage < 3 { return rowsPerPage < 1.5 ? 1 : 2 }
        // Nothing but the heap can grow.
        return isIndexed ? 11 : 5
    }

    private static let integers: Set<String> = ["int2", "int4", "int8"]

    /// Which rows of the table `t` are in a stripe: every row is in exactly one of `count`.
    ///
    /// An update that moves a row to another stripe has brought it in line, as the triggers do with every update.
    func condition(_ stripe: SQL, of count: Int) -> SQL {
        guard count > 1 else { return "true" }
        // Remainders, of which neither a sum nor an absolute value can overflow.
        let remainders = key.map { "t.\($0) OPERATOR(pg_catalog.%) \(count)" as SQL }
        guard let first = remainders.first else {
            return """
                (pg_catalog.hashtid(t.ctid) OPERATOR(pg_catalog.&) 2147483647) OPERATOR(pg_catalog.%) \(count) = \(stripe)
                """
        }
        if remainders.count == 1 { return "pg_catalog.abs(\(first)) = \(stripe)" }
        // Of a key of several columns one alone might be the same all over a page.
        let sum = SQL.joined(remainders.map { "(\($0))::int4" as SQL }, separator: " OPERATOR(pg_catalog.+) ")
        return "pg_catalog.abs((\(sum)) OPERATOR(pg_catalog.%) \(count)) = \(stripe)"
    }

    /// The striping in words, for the plan.
    var text: String {
        guard count > 1 else { return "in one pass: with so few rows a page none would stay in its page" }
        let reason = "so that most rows stay in their pages and the indexes as they are"
        guard !key.isEmpty else {
            return "in \(count) diagonal stripes by the row's place (no primary key of whole numbers), \(reason)"
        }
        return "in \(count) diagonal stripes by \(key.map(\.name).joined(separator: ", ")), \(reason)"
    }
}

extension Backfill {
    /// The rows of one stripe, as a reader of the plan sees it.
    var stripe: SQL { striping.condition("stripe", of: striping.count) }
}
