import Postgres
import TestSupport
import Testing

/// A type, and two of its values that are equal, or nearly, and yet not the same.
struct ImageCase: CustomTestStringConvertible {
    let type: SQL
    let one: SQL
    let other: SQL
    /// What makes values of a domain comparable with those of the type that it stands on.
    let cast: SQL
    let setup: [SQL]

    init(_ type: SQL, _ one: SQL, _ other: SQL, cast: SQL = "", setup: SQL...) {
        self.type = type
        self.one = one
        self.other = other
        self.cast = cast
        self.setup = setup
    }

    var testDescription: String { "\(type): \(one), \(other)" }

    static let all = [
        ImageCase("numeric", "1.0", "1.000"),
        ImageCase("json", #"'{"a":1}'"#, #"'{"a": 1}'"#),
        ImageCase("jsonb", "'[1.0]'", "'[1.00]'"),
        ImageCase("float8", "'-0'", "'0'"),
        ImageCase("interval", "'1 mon'", "'30 days'"),
        ImageCase("char(5)", "'a'", "'A'"),
        ImageCase("varchar(5)", "'a'", "'a '"),
        ImageCase("point", "'(1,2)'", "'(1,2.0000001)'"),
        ImageCase("timetz", "'12:00+00'", "'14:00+02'"),
        ImageCase("inet", "'10.0.0.1'", "'10.0.0.1/24'"),
        ImageCase("bytea", #"'\x00'"#, #"'\x0000'"#),
        ImageCase("numeric[]", "'{1.0,NULL}'", "'{1.00,NULL}'"),
        ImageCase("int[]", "'{1,2}'", "'[0:1]={1,2}'"),
        ImageCase("pair", "ROW(1.0, NULL)", "ROW(1.00, NULL)", setup: "CREATE TYPE pair AS (a numeric, b text)"),
        ImageCase("pair", "ROW(NULL, NULL)", "ROW(NULL, '')", setup: "CREATE TYPE pair AS (a numeric, b text)"),
        ImageCase(
            "pair[]",
            "ARRAY[ROW(1.0, 'x')::pair]",
            "ARRAY[ROW(1.00, 'x')::pair]",
            setup: "CREATE TYPE pair AS (a numeric, b text)"
        ),
        ImageCase("mood", "'sad'", "'glad'", setup: "CREATE TYPE mood AS ENUM ('sad', 'glad')"),
        ImageCase(
            "price",
            "1.0",
            "1.000",
            cast: "::numeric",
            setup: "CREATE DOMAIN price AS numeric CHECK (VALUE > 0)"
        ),
        ImageCase("numrange", "'[1.0,2]'", "'[1.00,2]'"),
        ImageCase("numeric", "repeat('1', 5000)::numeric", "(repeat('1', 5000) || '.0')::numeric"),
    ]
}

/// A change of the image alone, which equality doesn't see, arrives in the other column, in every stage.
@Suite(.database, .timeLimit(.minutes(20)))
struct ImageTests {
    @Test(arguments: ImageCase.all)
    func systemType(_ type: ImageCase) async throws {
        try await check(type)
    }

    @Test(.enabled { await TestServer.hasExtension("citext") })
    func citext() async throws {
        try await check(ImageCase("citext", "'abc'", "'ABC'", setup: "CREATE EXTENSION citext"))
    }

    /// The extension's operators are where no search_path of ours looks.
    @Test(.enabled { await TestServer.hasExtension("citext") })
    func citextElsewhere() async throws {
        try await check(
            ImageCase(
                "elsewhere.citext",
                "'abc'",
                "'ABC'",
                setup: "CREATE SCHEMA elsewhere",
                "CREATE EXTENSION citext SCHEMA elsewhere"
            )
        )
    }

    @Test(.enabled { await TestServer.canRun("SELECT '<a/>'::xml") })
    func xml() async throws {
        try await check(ImageCase("xml", "'<a/>'", "'<a />'"))
    }

    @Test(.enabled { await TestServer.canRun("SELECT 'a' COLLATE \"und-x-icu\"") })
    func nondeterministicCollation() async throws {
        try await check(
            ImageCase(
                "text COLLATE loose",
                "'abc'",
                "'ABC'",
                setup: "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
            )
        )
    }

    /// A value that the domain refuses is the server's error by either name, and nothing is half written.
    @Test(arguments: Stage.allCases)
    func domainRefusal(_ stage: Stage) async throws {
        let setup: [SQL] = [
            "CREATE DOMAIN short AS text DEFAULT 'none' NOT NULL CHECK (length(VALUE) < 5)",
            "CREATE TABLE t (id int PRIMARY KEY, name short)", "INSERT INTO t VALUES (1, 'one')",
        ]
        try await TruthTable(stage, setup).expect(
            [
                Write("INSERT INTO t (id, full_name) VALUES (4, 'a')", "4 a|a"),
                Write("INSERT INTO t (id, name) VALUES (4, 'a')", "4 a|a"),
                Write("INSERT INTO t (id) VALUES (4)", "4 none|none"),
                Write("INSERT INTO t (id, full_name) VALUES (4, 'too long')", "23514"),
                Write("INSERT INTO t (id, name) VALUES (4, 'too long')", "23514"),
                Write("UPDATE t SET full_name = 'too long' WHERE id = 2", "23514"),
                Write("UPDATE t SET full_name = NULL WHERE id = 2", "23502"),
                Write("UPDATE t SET full_name = 'b' WHERE id = 1", "1 b|b"),
                Write("UPDATE t SET name = 'b' WHERE id = 1", "1 b|b"),
            ],
            stage
        )
    }

    private func check(_ type: ImageCase) async throws {
        let connection = try await TestDatabase.current.connect()
        for statement in type.setup { try await connection.script([statement]) }
        try await connection.script(["CREATE TABLE t (id int PRIMARY KEY, name \(type.type))"])
        try await connection.script(["INSERT INTO t VALUES (1, \(type.one)), (2, \(type.other)), (3, NULL)"])
        try await connection.script(["CREATE TABLE expected (name \(type.type))"])
        let differ: Bool = try await connection.value(
            """
            SELECT ROW(a.name)::record OPERATOR(pg_catalog.*<>) ROW(b.name)::record
            FROM t a, t b WHERE a.id = 1 AND b.id = 2
            """
        )
        try #require(differ, "the two values are the same")
        let rename = try Rename()
        try await rename.through("expand")
        try await writes(type, connection, id: 10)
        try await rename.through("backfill")
        try await expectInSync(connection, cast: type.cast)
        try await expectFound(type, rename, connection)
        try await writes(type, connection, id: 20)
        try await rename.through("swap")
        try await writes(type, connection, id: 30)
        try await rename.through("drop")
        await connection.close()
    }

    /// Each write leaves in both columns the image that it gave.
    private func writes(_ type: ImageCase, _ connection: Connection, id: Int) async throws {
        for (id, name) in [(id, "name"), (id + 1, "full_name")] as [(Int, Identifier)] {
            for (statement, value) in [
                ("INSERT INTO t (id, \(name)) VALUES (\(id), \(type.one))", type.one),
                ("UPDATE t SET \(name) = \(type.other) WHERE id = \(id)", type.other),
                ("UPDATE t SET \(name) = \(type.one) WHERE id = \(id)", type.one),
                ("UPDATE t SET \(name) = NULL WHERE id = \(id)", "NULL"),
                ("UPDATE t SET name = \(type.other), full_name = \(type.other) WHERE id = \(id)", type.other),
                ("UPDATE t SET \(name) = \(name) WHERE id = \(id)", type.other),
            ] as [(SQL, SQL)] {
                try await connection.script([
                    statement, "DELETE FROM expected", "INSERT INTO expected VALUES (\(value))",
                ])
                let isRight: Bool = try await connection.value(
                    """
                    SELECT ROW(t.name\(type.cast), t.full_name\(type.cast))::record
                      OPERATOR(pg_catalog.*=) ROW(e.name\(type.cast), e.name\(type.cast))::record
                    FROM t, expected e WHERE t.id = \(id)
                    """
                )
                #expect(isRight, "\(statement)")
            }
        }
    }

    /// A difference that the image alone shows, made while the triggers sleep, is found and mended.
    private func expectFound(_ type: ImageCase, _ rename: Rename, _ connection: Connection) async throws {
        try await connection.whileTriggersSleep("UPDATE t SET full_name = \(type.other) WHERE id = 1")
        #expect(await rename.failureOfVerify(repair: false)?.kind == .data)
        try await rename.runner.verify(Rename.change, repair: true)
        try await rename.runner.verify(Rename.change, repair: false)
        try await expectInSync(connection, cast: type.cast)
    }
}
