public import Postgres

/// Clients that write to a table and count what the server acknowledged: the oracle of a live change.
///
/// Two releases of an application run beside each other: the old one knows a column by its old name, the new one by
/// its new name. No two clients write the same row, so each knows what its rows must hold, and every acknowledged
/// write that is lost, every refused or rolled back one that took effect, and every read that contradicts them is found.
public actor CountedWorkload {
    private let table: QualifiedName
    private let key: Identifier
    private let oldName: Identifier
    private let newName: Identifier
    private let parameters: ConnectionParameters
    private let oldClients: Int
    private let newClients: Int
    private let seed: UInt64
    private let options: WorkloadOptions
    private var clients: [WorkloadClient] = []
    private var oldRelease: [Task<Void, Never>] = []
    private var newRelease: [Task<Void, Never>] = []

    /// A workload that has not started.
    ///
    /// - Parameters:
    ///   - table: While the workload runs, no one else writes to it. Columns that aren't named here must be nullable or
    ///     have a default.
    ///   - key: An integer column with a unique index.
    ///   - oldName: A column of a text type that takes 24 characters, as the old release knows it.
    ///   - newName: The same as the new release knows it.
    ///   - parameters: The connection of each client.
    ///   - oldClients: How many clients the old release has. Every second client uses prepared statements.
    ///   - newClients: How many clients the new release has.
    ///   - seed: Equal seeds give each client equal operations as long as the server answers equally.
    public init(
        table: QualifiedName,
        key: Identifier,
        oldName: Identifier,
        newName: Identifier,
        parameters: ConnectionParameters,
        oldClients: Int,
        newClients: Int,
        seed: UInt64,
        options: WorkloadOptions = WorkloadOptions()
    ) {
        self.table = table
        self.key = key
        self.oldName = oldName
        self.newName = newName
        self.parameters = parameters
        self.oldClients = oldClients
        self.newClients = newClients
        self.seed = seed
        self.options = options
    }

    /// Starts the old release. Starting twice does nothing.
    ///
    /// - Throws: `PostgresError` if the table's keys can't be read.
    public func start() async throws(PostgresError) {
        guard clients.isEmpty else { return }
        let connection = try await Connection.open(parameters)
        let rows = try await connection.run(
            "SELECT min(\(key)) AS lowest, max(\(key)) AS highest FROM \(table)"
        ).rows
        await connection.close()
        guard clients.isEmpty, let row = rows.first else { return }
        let lowest: Int? = try row["lowest"]
        let highest: Int? = try row["highest"]
        let count = oldClients + newClients
        // Seeds at a fixed distance would give all clients the same sequence, shifted.
        var seeds = SeededGenerator(seed: seed)
        clients = (0..<count).map { index in
            let isOld = index < oldClients
            return WorkloadClient(
                name: isOld ? "old release, client \(index)" : "new release, client \(index - oldClients)",
                statements: ClientStatements(
                    table: table,
                    key: key,
                    column: isOld ? oldName : newName,
                    isPrepared: index % 2 == 1
                ),
                rows: ClientRows(existing: KeySlice(from: lowest, through: highest, index: index, of: count)),
                parameters: parameters,
                seed: seeds.next(),
                options: options
            )
        }
        oldRelease = clients.prefix(oldClients).map { client in Task { await client.run() } }
    }

    /// Starts the new release beside the old one; after `stop`, lets it go on where it stopped.
    ///
    /// Before `start` and while it runs it does nothing.
    public func startNewRelease() {
        guard newRelease.isEmpty else { return }
        newRelease = clients.dropFirst(oldClients).map { client in Task { await client.run() } }
    }

    /// Stops the old release and waits until its last statements have ended.
    public func stopOldRelease() async {
        await Self.end(clients.prefix(oldClients), running: oldRelease)
        oldRelease = []
    }

    /// Stops all clients, waits until their last statements have ended, and gives the counts.
    public func stop() async -> Tally {
        await stopOldRelease()
        await Self.end(clients.dropFirst(oldClients), running: newRelease)
        newRelease = []
        return await tally()
    }

    private static func end(_ clients: ArraySlice<WorkloadClient>, running tasks: [Task<Void, Never>]) async {
        // A client that doesn't run would take the request for its next start.
        guard !tasks.isEmpty else { return }
        for client in clients { await client.stop() }
        for task in tasks { await task.value }
    }

    /// The counts of all clients so far.
    public func tally() async -> Tally {
        var sum = Tally()
        for client in clients { sum.add(await client.tally) }
        return sum
    }

    /// Compares every row that a client touched with what the table holds. To be called after `stop`.
    ///
    /// - Parameters:
    ///   - connection: A connection that may read the table.
    ///   - names: The names by which the column can be read now; each must give the acknowledged value.
    /// - Returns: One line for each acknowledged write that isn't there and each row that should not exist, by key;
    ///   empty if nothing was lost.
    public func verify(on connection: Connection, through names: [Identifier]) async throws(PostgresError) -> [String] {
        let verification = WorkloadVerification(table: table, key: key, names: names)
        var findings: [String] = []
        for client in clients {
            findings += try await verification.findings(for: await client.rows.states, of: client.name, on: connection)
        }
        return findings
    }
}
