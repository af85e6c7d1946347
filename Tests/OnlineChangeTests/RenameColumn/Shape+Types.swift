import Postgres

extension Shape {
    /// A shape whose column has a type; `one` and `other` are values of it.
    static func type(
        _ type: SQL,
        _ one: SQL,
        _ other: SQL,
        made: SQL = "",
        and: SQL = "",
        name: String? = nil,
        needs: Set<Need> = []
    ) -> Shape {
        Shape(
            name: name ?? "type \(type)",
            setup: """
                \(made) CREATE TABLE item (id integer PRIMARY KEY, name \(type)); \(and);
                INSERT INTO item SELECT n, CASE WHEN n % 3 = 0 THEN \(other) ELSE \(one) END
                FROM generate_series(1, 20) AS n;
                """,
            writes: { column in
                [
                    "UPDATE item SET \(column) = \(other) WHERE id = 1",
                    "INSERT INTO item (id, \(column)) VALUES (101, \(one))",
                    "UPDATE item SET \(column) = \(one) WHERE id = 3",
                    "INSERT INTO item (id, \(column)) VALUES (102, \(other))",
                    "INSERT INTO item (id, \(column)) VALUES (103, \(other)) ON CONFLICT (id) DO NOTHING",
                ]
            },
            needs: needs
        )
    }

    /// Types of the server's own.
    static let simpleTypes: [Shape] = [
        .type("numeric(10,2)", "1.50::numeric(10,2)", "2"),
        .type("numeric", "1.0", "1.000"),
        .type("char(5)", "'ab'", "'abc'"),
        .type("varchar(20)", "'ab'", "'AB'"),
        .type("bpchar", "'ab '", "'ab'"),
        .type(#""char""#, "'x'", "'y'"),
        .type("name", "'short'", "'other'"),
        .type("timestamptz(3)", "'2024-02-29 12:00:00.123+01'::timestamptz", "'infinity'"),
        .type("interval day to second(2)", "'1 day 02:03:04.05'::interval", "'25:00'"),
        .type("interval", "'1 day'::interval", "'24 hours'"),
        .type("time with time zone", "'10:00+02'::timetz", "'09:00+01'"),
        .type("bytea", #"'\x00ff'::bytea"#, #"'\x'"#),
        .type("boolean", "true", "false"),
        .type("float8", "'-0'::float8", "0"),
        .type("float4", "'NaN'::float4", "1.5"),
        .type("bit(3)", "B'101'", "B'010'"),
        .type("bit varying", "B'1'", "B'01'"),
        .type(#""bit""#, #"B'1'::"bit""#, "B'011'"),
        .type("json", #"'{"a": 1}'::json"#, #"'{"a":1}'"#),
        .type("jsonb", #"'{"a": 1}'::jsonb"#, "'[]'"),
        .type("xml", "'<a/>'::xml", "'<a></a>'", needs: [.xml]),
        .type("uuid", "'00000000-0000-0000-0000-000000000001'::uuid", "'00000000-0000-0000-0000-000000000002'"),
        .type("integer[]", "'{1,NULL}'::int[]", "'[0:1]={1,2}'"),
        .type("numeric(6,2)[]", "'{1.10}'::numeric(6,2)[]", "'{}'"),
        .type("int8range", "'[1,5)'::int8range", "'empty'"),
        .type("datemultirange", "'{[2024-01-01,)}'::datemultirange", "'{}'"),
        .type("point", "'(1,2)'::point", "'(1,3)'"),
        .type("inet", "'10.0.0.1/8'::inet", "'::1'"),
        .type("tsvector", "'a:1 b:2'::tsvector", "''"),
        .type("regclass", "'pg_class'::regclass", "'pg_type'"),
    ]
}
