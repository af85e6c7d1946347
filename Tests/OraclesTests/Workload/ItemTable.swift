import Oracles
import Postgres

/// A table with a column by two names that a trigger keeps equal, and a workload on it.
struct ItemTable {
    static let name = QualifiedName(schema: "public", name: "item")
    /// Keys from before the workload are 1 through this.
    static let existing = 300

    let parameters: ConnectionParameters
    let connection: Connection

    init(_ parameters: ConnectionParameters) async throws {
        self.parameters = parameters
        connection = try await Connection.open(parameters)
        for statement in Self.statements { try await connection.run(Query(statement)) }
    }

    func workload(_ options: WorkloadOptions = WorkloadOptions(), newClients: Int = 2) -> CountedWorkload {
        CountedWorkload(
            table: Self.name,
            key: "id",
            oldName: "name",
            newName: "full_name",
            parameters: parameters,
            oldClients: 2,
            newClients: newClients,
            seed: 7,
            options: options
        )
    }

    /// Runs both releases while a body runs, and stops them.
    func run(_ workload: CountedWorkload, during body: () async throws -> Void) async throws -> Tally {
        try await workload.start()
        await workload.startNewRelease()
        try await ContinuousClock().sleep(for: .milliseconds(300))
        try await body()
        return await workload.stop()
    }

    private static let statements: [SQL] = [
        "CREATE TABLE item (id integer PRIMARY KEY, name varchar(24), full_name varchar(24))",
        """
        CREATE FUNCTION keep_equal() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                NEW.name := coalesce(NEW.name, NEW.full_name);
                NEW.full_name := NEW.name;
            ELSIF NEW.name IS DISTINCT FROM OLD.name THEN
                NEW.full_name := NEW.name;
            ELSE
                NEW.name := NEW.full_name;
            END IF;
            RETURN NEW;
        END $$
        """,
        "CREATE TRIGGER keep_equal BEFORE INSERT OR UPDATE ON item FOR EACH ROW EXECUTE FUNCTION keep_equal()",
        "INSERT INTO item (id, name) SELECT g, 'first ' || g FROM generate_series(1, \(existing)) AS g WHERE g % 5 <> 0",
    ]
}
