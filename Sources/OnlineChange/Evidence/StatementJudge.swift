import Postgres

/// Says whether a statement uses a legacy column: by the server's word where it can be had, else by the text.
actor StatementJudge {
    private let session: Session
    private let columns: [LegacyColumn]
    /// Nil where the server parses nothing for us.
    private let parse: StatementParse?
    private let paths: SearchPaths
    private var number = 0

    init(session: Session, columns: [LegacyColumn]) async throws {
        self.session = session
        self.columns = columns
        paths = try await SearchPaths.read(session)
        guard try await StatementParse.obstacle(session) == nil else {
            parse = nil
            return
        }
        parse = StatementParse(lockGuard: .onlyRehearsing(observer: session), session: session)
        // What we have parsed is not to fill the statistics that we read; not every role may see to that.
        _ = try? await session.set("pg_stat_statements.track_utility", to: "off")
    }

    /// What the server says of a statement, with names looked up as a role's are.
    func answer(_ statement: String, ofRole role: UInt32, called name: String) async throws -> StatementParse.Answer {
        guard let parse else { return .unknown }
        number += 1
        return try await parse.columns(
            of: statement,
            number: number,
            searchPath: paths.path(of: role, called: name),
            tables: columns.flatMap(\.tree)
        )
    }

    /// On what it rests that a statement uses a column; nil if it doesn't.
    func basis(_ answer: StatementParse.Answer, _ words: StatementWords, _ column: LegacyColumn) async throws
        -> Evidence.Basis?
    {
        let isNamed = column.isNamed(in: words)
        guard case .columns(let used) = answer else { return isNamed ? .text : nil }
        if used.contains(where: { $0.table == column.tableOID && $0.number == column.number }) { return .server }
        for key in used where key.table != column.tableOID && column.tree.contains(key.table) {
            let name: String? = try await session.run(
                "SELECT attname AS name FROM pg_attribute WHERE attrelid = \(key.table)::oid AND attnum = \(key.number)"
            ).rows.first.map { try $0["name"] }
            if name == column.name.name { return .server }
        }
        // A session may have set another search_path than its role's, and mean this table by the same name.
        return isNamed && used.isEmpty ? .text : nil
    }
}

extension LockGuard {
    /// For transactions that are rolled back and take no lock that an application waits for.
    static func onlyRehearsing(observer: Session) -> LockGuard {
        LockGuard(
            policy: LockPolicy(lockTimeout: 100, deadline: 0, deadlockTimeout: 1000),
            observer: observer,
            report: { _ in }
        )
    }
}
