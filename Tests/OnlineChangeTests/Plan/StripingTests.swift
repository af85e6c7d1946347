import Postgres
import TestSupport
import Testing

@testable import OnlineChange

struct StripingTests {
    /// A table whose primary key has columns of these types.
    private static func striping(_ types: String..., isNotNull: Bool = true) -> Striping {
        let columns = types.enumerated().map { offset, type in
            Fixture.column(offset + 1, Identifier("k\(offset + 1)")) {
                $0.systemType = type
                $0.isNotNull = isNotNull
            }
        }
        return Striping(
            table: Fixture.users {
                $0.columns = columns + [Fixture.column(9, "name")]
                $0.indexes = [Fixture.index("users_pkey", columns.map(\.number), isUnique: true, isPrimary: true)]
            }
        )
    }

    @Test("By whole numbers of the primary key, else by the place")
    func choice() {
        #expect(Self.striping("int8").key == ["k1"])
        #expect(Self.striping("int4", "int2").key == ["k1", "k2"])
        #expect(Self.striping("int4", "uuid").key == [])
        #expect(Self.striping("text").key == [])
        #expect(Self.striping("int8", isNotNull: false).key == [])
        #expect(Striping(table: Fixture.users { $0.indexes = [] }).key == [])
    }

    @Test(
        "Few rows a page, or no index to spare, and fewer passes are worth their while",
        arguments: [
            (nil, true, 11), (53, true, 11), (3, true, 11), (2.9, true, 2), (1.4, true, 1), (53, false, 5),
            (1, false, 1),
        ]
            as [(Double?, Bool, Int)]
    )
    func count(rowsPerPage: Double?, isIndexed: Bool, expected: Int) {
        let striping = Striping(
            table: Fixture.users {
                $0.rowsPerPage = rowsPerPage
                if !isIndexed { $0.indexes = [] }
            }
        )
        #expect(striping.count == expected)
        #expect(striping.text.hasPrefix(expected == 1 ? "in one pass" : "in \(expected) diagonal stripes"))
        #expect((striping.condition("0", of: expected).text == "true") == (expected == 1))
    }

    @Test func texts() {
        #expect(Self.striping("int8").text.hasPrefix("in 11 diagonal stripes by k1, so that"))
        #expect(Self.striping("int8", "int4").text.hasPrefix("in 11 diagonal stripes by k1, k2, so that"))
        #expect(Self.striping("uuid").text.contains("by the row's place (no primary key of whole numbers)"))
        #expect(
            Self.striping("int8").condition("3", of: 11).text
                == #"pg_catalog.abs(t."k1" OPERATOR(pg_catalog.%) 11) = 3"#
        )
    }

    @Test(
        "Every row is in exactly one stripe, extreme keys included, and keys in tens or dozens are in all of them",
        .database,
        arguments: [1, 2, 10, 12, 100]
    )
    func partition(step: Int) async throws {
        let connection = try await TestDatabase.current.connect()
        try await connection.run("CREATE TABLE t (k1 int8, k2 int4, k3 int2)")
        try await connection.run(
            """
            INSERT INTO t SELECT g * \(step)::int, g / 7, g FROM generate_series(-550, 550) g UNION ALL VALUES
              (-9223372036854775808, -2147483648, (-32768)::int2), (9223372036854775807, 2147483647, 32767::int2)
            """
        )
        let stripings = [
            Self.striping("int8"), Self.striping("int8", "int4"), Self.striping("int8", "int4", "int2"),
            Self.striping("uuid"),
        ]
        for striping in stripings {
            var sizes: [Int] = []
            for stripe in 0..<striping.count {
                let condition = striping.condition("\(stripe)", of: striping.count)
                sizes.append(try await connection.value("SELECT count(*) FROM t WHERE \(condition)"))
            }
            #expect(sizes.reduce(0, +) == 1103)
            // What the columns of a longer key add up to depends on how they follow each other.
            if striping.key.count < 2 {
                #expect(sizes.allSatisfy { $0 > 60 }, "\(striping.key) \(sizes)")
            }
        }
        await connection.close()
    }
}
