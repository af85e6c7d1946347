import Postgres

/// The ledger's tables: what the tool knows of its changes, in the database that they are made in.
enum LedgerSchema {
    static let name: Identifier = "online_change"
    /// The version that this tool writes. A newer ledger is refused; an older one is read as it is, and upgraded by the next
    /// command that acts on a change, where its role may.
    static let version = 2
    /// The oldest version that is read and upgraded.
    static let oldest = 1

    /// Lets those who create the ledger at the same moment do so one after another.
    static let turn: SQL = "SELECT pg_catalog.pg_advisory_xact_lock(1868785512, 0)"

    /// Creates the schema for a role; everything in it is created as that role.
    static func schema(owner: Identifier) -> SQL {
        "CREATE SCHEMA IF NOT EXISTS \(name) AUTHORIZATION \(owner)"
    }

    /// Creates the tables. Every one has a primary key, so that the database can be replicated logically.
    ///
    /// - Parameter version: an older one for tests of what becomes of it.
    static func tables(tool: String, version: Int = Self.version) -> [SQL] {
        first + (oldest..<version).flatMap { additions(after: $0) } + [note(version, tool)]
    }

    /// What makes an older ledger one of this version.
    static func upgrade(from older: Int, tool: String) -> [SQL] {
        (older..<version).flatMap { additions(after: $0) } + [note(version, tool)]
    }

    private static func note(_ version: Int, _ tool: String) -> SQL {
        "INSERT INTO online_change.ledger_version (version, tool) VALUES (\(version), \(literal: tool)) ON CONFLICT DO NOTHING"
    }

    /// The tables of version 1.
    private static var first: [SQL] {
        [
            """
            CREATE TABLE IF NOT EXISTS online_change.ledger_version (
              version integer PRIMARY KEY,
              installed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
              tool text NOT NULL)
            """,
            """
            CREATE TABLE IF NOT EXISTS online_change.change (
              id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
              name text NOT NULL,
              recipe text NOT NULL,
              table_oid oid NOT NULL,
              table_name text NOT NULL,
              plan jsonb NOT NULL,
              tool_version text NOT NULL,
              state text NOT NULL DEFAULT 'active'
                CHECK (state IN ('active', 'rolling back', 'rolled back', 'finished')),
              phase text,
              epoch bigint NOT NULL DEFAULT 0,
              runner text,
              heartbeat timestamptz,
              waiting text,
              error text,
              paused boolean NOT NULL DEFAULT false,
              limits jsonb NOT NULL DEFAULT '{}',
              held jsonb NOT NULL DEFAULT '[]',
              started_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
              finished_at timestamptz)
            """,
            "CREATE UNIQUE INDEX IF NOT EXISTS change_unfinished_name ON online_change.change (name) WHERE finished_at IS NULL",
            """
            CREATE TABLE IF NOT EXISTS online_change.step (
              change_id bigint NOT NULL REFERENCES online_change.change,
              position integer NOT NULL,
              phase text NOT NULL,
              title text NOT NULL,
              state text NOT NULL CHECK (state IN ('begun', 'done', 'undone')),
              begun_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
              ended_at timestamptz,
              PRIMARY KEY (change_id, position))
            """,
            """
            CREATE TABLE IF NOT EXISTS online_change.backfill_lane (
              change_id bigint NOT NULL REFERENCES online_change.change,
              position integer NOT NULL,
              relation oid NOT NULL,
              filenode oid NOT NULL,
              number integer NOT NULL,
              first_block bigint NOT NULL,
              end_block bigint NOT NULL,
              window_blocks bigint NOT NULL,
              stripes integer NOT NULL,
              visited bigint NOT NULL DEFAULT 0,
              rows bigint NOT NULL DEFAULT 0,
              batches bigint NOT NULL DEFAULT 0,
              busy double precision NOT NULL DEFAULT 0,
              wal bigint NOT NULL DEFAULT 0,
              PRIMARY KEY (change_id, position, relation, number)) WITH (fillfactor = 50)
            """,
            """
            CREATE TABLE IF NOT EXISTS online_change.backfill_measure (
              change_id bigint NOT NULL REFERENCES online_change.change,
              position integer NOT NULL,
              is_end boolean NOT NULL,
              at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
              heap bigint NOT NULL,
              indexes bigint NOT NULL,
              wal pg_lsn NOT NULL,
              updated bigint NOT NULL,
              hot bigint NOT NULL,
              worked double precision NOT NULL DEFAULT 0,
              PRIMARY KEY (change_id, position, is_end))
            """,
            """
            CREATE TABLE IF NOT EXISTS online_change.partition (
              change_id bigint NOT NULL REFERENCES online_change.change,
              relation oid NOT NULL,
              attribute smallint NOT NULL,
              PRIMARY KEY (change_id, relation))
            """,
            """
            CREATE TABLE IF NOT EXISTS online_change.verification (
              id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
              change_id bigint NOT NULL REFERENCES online_change.change,
              place integer NOT NULL,
              begun_at timestamptz NOT NULL,
              ended_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
              rows bigint NOT NULL,
              differences bigint NOT NULL,
              repaired bigint NOT NULL,
              unfit bigint NOT NULL,
              triggers text NOT NULL,
              horizon bigint NOT NULL)
            """,
            """
            CREATE TABLE IF NOT EXISTS online_change.verified_part (
              change_id bigint NOT NULL REFERENCES online_change.change,
              relation oid NOT NULL,
              filenode oid NOT NULL,
              marks text NOT NULL,
              comparing text NOT NULL,
              extent jsonb NOT NULL,
              PRIMARY KEY (change_id, relation)) WITH (fillfactor = 50)
            """,
            """
            CREATE TABLE IF NOT EXISTS online_change.audit (
              id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
              change_id bigint NOT NULL REFERENCES online_change.change,
              at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
              actor text NOT NULL,
              origin text NOT NULL,
              what text NOT NULL,
              statements text,
              waited double precision,
              retries integer)
            """,
        ]
    }

    /// What the version after this one has beside it.
    private static func additions(after version: Int) -> [SQL] {
        version == 1 ? [samples, sharing("sample")] : []
    }

    /// How fast the work went and what held it back: see `SampleResolution`. No index is on what an update changes, and each
    /// page has room for new versions of its rows, so that the table keeps its size.
    private static let samples: SQL = """
        CREATE TABLE IF NOT EXISTS online_change.sample (
          change_id bigint NOT NULL REFERENCES online_change.change,
          activity text NOT NULL CHECK (activity IN ('backfill', 'compare')),
          seconds integer NOT NULL,
          slot integer NOT NULL,
          at timestamptz NOT NULL,
          position integer NOT NULL,
          span double precision NOT NULL,
          worked double precision NOT NULL,
          rows bigint NOT NULL,
          batches bigint NOT NULL,
          busy double precision NOT NULL,
          wal bigint NOT NULL,
          fraction double precision NOT NULL,
          workers integer NOT NULL,
          lag_bytes bigint,
          lag_seconds double precision,
          held text,
          PRIMARY KEY (change_id, activity, seconds, slot)) WITH (fillfactor = 50)
        """

    /// Gives whoever has rights on the ledger's changes the same on a table that came later.
    private static func sharing(_ table: Identifier) -> SQL {
        """
        DO $share$ DECLARE share record; BEGIN
          FOR share IN SELECT a.privilege_type AS right,
              CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END AS who
            FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a
            WHERE c.oid = 'online_change.change'::regclass AND a.grantee <> c.relowner
              AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
          LOOP
            EXECUTE pg_catalog.format('GRANT %s ON online_change.%I TO %s', share.right, \(literal: table.name), share.who);
          END LOOP;
        END $share$
        """
    }

    /// What a role needs to work with a ledger that belongs to another.
    static func grants(to role: Identifier) -> [SQL] {
        [
            "GRANT USAGE, CREATE ON SCHEMA online_change TO \(role)",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA online_change TO \(role)",
        ]
    }
}
