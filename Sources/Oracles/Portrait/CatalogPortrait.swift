public import Postgres

/// What a database's schema looks like, as text that can be compared: the oracle of a schema change.
///
/// It holds every property of every object that `pg_dump --schema-only` prints and more (privileges with their
/// grantor, statistics targets, names of index columns, dependencies, internal triggers), and nothing that depends on
/// how the schema came to be: no oid, no physical column number, no file, no statistics. Two databases, or one before
/// and after, have equal portraits if and only if no such property differs.
public struct CatalogPortrait: Hashable, Sendable {
    /// The objects of one kind and their properties.
    public struct Section: Hashable, Sendable {
        /// The kind, such as `columns`.
        public let name: String
        /// One property each, `object: property = value`, in byte order. A value may span several lines of text.
        public let lines: [String]
    }

    /// The sections in the order in which a person would read them.
    public let sections: [Section]

    /// Reads the catalog of the connection's database in one read-only snapshot.
    ///
    /// System schemas and the members of extensions are left out, for their extension's version stands for them.
    /// Needs no privilege. The functions of the server that deparse definitions don't read by the snapshot, so the
    /// portrait is exact only while no other session changes the schema.
    ///
    /// - Parameters:
    ///   - connection: A connection outside of a transaction.
    ///   - schemas: Schemas to leave out together with all that is in them.
    /// - Throws: `PostgresError` as the server gave it; the connection is left outside of a transaction.
    public static func take(
        on connection: Connection,
        ignoring schemas: Set<String> = ["online_change"]
    ) async throws(PostgresError) -> CatalogPortrait {
        try await connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        do {
            let portrait = try await read(connection, ignoring: schemas)
            try await connection.run("ROLLBACK", cancellable: false)
            return portrait
        } catch {
            // The first error is the one to tell; where the connection is gone, so is the transaction.
            _ = try? await connection.run("ROLLBACK", cancellable: false)
            throw error
        }
    }

    /// The same within the transaction that is open, whose settings it changes: what it did is in the portrait.
    static func read(
        _ connection: Connection,
        ignoring schemas: Set<String> = ["online_change"]
    ) async throws(PostgresError) -> CatalogPortrait {
        let scope = CatalogScope(ignoredSchemas: schemas)
        try await connection.run(CatalogScope.settings)
        var sections: [Section] = []
        for section in CatalogSection.all(serverVersion: connection.serverVersion) {
            let rows = try await connection.run(scope.query(section)).rows
            let lines = try rows.map { row throws(PostgresError) in try row["line"] as String }
            sections.append(Section(name: section.name, lines: lines))
        }
        return CatalogPortrait(sections: sections)
    }

    /// What changed between another portrait and this one: `- section: …` was so there, `+ section: …` is so here.
    ///
    /// - Parameter ignoringColumnOrder: whether the places of columns within their tables don't count.
    /// - Returns: Both lines of a changed property next to each other; empty if the portraits are equal.
    public func differences(from other: CatalogPortrait, ignoringColumnOrder: Bool = false) -> [String] {
        // Portraits of servers of different versions may have different sections.
        let names =
            sections.map(\.name)
            + other.sections.map(\.name).filter { name in
                !sections.contains { $0.name == name }
            }
        return names.filter { !(ignoringColumnOrder && $0 == CatalogSection.columnOrder.name) }.flatMap {
            name -> [String] in
            let (before, after) = (other.lines(of: name), lines(of: name))
            guard before != after else { return [] }
            return Self.changes(from: Set(before), to: Set(after)).map { "\($0.sign) \(name): \($0.line)" }
        }
    }

    private static func changes(from before: Set<String>, to after: Set<String>) -> [(line: String, sign: String)] {
        let removed = before.subtracting(after).map { (line: $0, sign: "-") }
        let added = after.subtracting(before).map { (line: $0, sign: "+") }
        return (removed + added).sorted { ($0.line.key, $1.sign) < ($1.line.key, $0.sign) }
    }

    private func lines(of section: String) -> [String] {
        sections.first { $0.name == section }?.lines ?? []
    }
}

extension CatalogPortrait: CustomStringConvertible {
    /// All lines, each with its section.
    public var description: String {
        sections.flatMap { section in section.lines.map { "\(section.name): \($0)" } }.joined(separator: "\n")
    }
}

extension String {
    /// A line without its value, by which the two states of one property sort together.
    fileprivate var key: String {
        firstRange(of: " = ").map { String(self[..<$0.lowerBound]) } ?? self
    }
}
