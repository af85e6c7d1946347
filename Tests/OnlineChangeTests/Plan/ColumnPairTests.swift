import Postgres
import Testing

@testable import OnlineChange

@Suite struct ColumnPairTests {
    private static let table = QualifiedName(schema: "app", name: "users")

    private func pair(_ column: Column) -> ColumnPair {
        ColumnPair(table: Self.table, column: column, replica: "full_name")
    }

    @Test func equalityWhereItIsIdentity() {
        let pair = pair(Column(systemType: "text"))
        #expect(pair.unsynced == #""full_name" IS DISTINCT FROM "name""#)
        #expect(pair.assignment == #""full_name" = "name""#)
        #expect(pair.forward("NEW.") == #"NEW."name""#)
    }

    @Test func imageWhereItIsNot() {
        let pair = pair(Column(systemType: "numeric"))
        #expect(pair.unsynced == #"ROW("full_name")::record OPERATOR(pg_catalog.*<>) ROW("name")::record"#)
    }

    @Test func domainIsConverted() {
        let pair = pair(Column(systemType: "varchar", baseType: "character varying(20)", typeKind: "d"))
        #expect(pair.unsynced == #""full_name" IS DISTINCT FROM ("name")::character varying(20)"#)
        #expect(pair.assignment == #""full_name" = ("name")::character varying(20)"#)
        #expect(pair.forward("OLD.") == #"(OLD."name")::character varying(20)"#)
    }

    @Test func exchangedNames() {
        let pair = pair(Column(systemType: "citext", typeKind: "d")).exchanged
        #expect(pair.primary == "full_name")
        #expect(pair.replica == "name")
        #expect(pair.comparison == .image)
        #expect(pair.forward == .cast(to: "text"))
        #expect(pair.exchanged == self.pair(Column(systemType: "citext", typeKind: "d")))
    }

    @Test func namesAreQuoted() {
        let pair = ColumnPair(
            table: Self.table,
            column: Column(name: #"na"me"#, systemType: "int4"),
            replica: "Full Name"
        )
        #expect(pair.unsynced == #""Full Name" IS DISTINCT FROM "na""me""#)
    }

    @Test(
        arguments: [
            ("int4", .equality), ("bool", .equality), ("uuid", .equality), ("text", .equality), ("varchar", .equality),
            ("timestamptz", .equality), ("bytea", .equality), ("numeric", .image), ("float8", .image),
            ("bpchar", .image),
            ("interval", .image), ("timetz", .image), ("json", .image), ("jsonb", .image), ("xml", .image),
            ("point", .image), ("inet", .image), ("tsvector", .image), ("int4range", .image), ("_int4", .image),
            ("tid", .image), (nil, .image),
        ] as [(String?, ColumnPair.Comparison)]
    )
    func comparison(_ type: String?, _ comparison: ColumnPair.Comparison) {
        #expect(pair(Column(systemType: type)).comparison == comparison)
    }

    @Test func looseCollationIsComparedByImage() {
        #expect(pair(Column(systemType: "text", isLoose: true)).comparison == .image)
        #expect(pair(Column(systemType: nil, baseTypeKind: "e")).comparison == .equality)
        #expect(pair(Column(systemType: nil, baseTypeKind: "c")).comparison == .image)
    }
}

extension Column {
    /// A column of which only the type matters.
    fileprivate init(
        name: Identifier = "name",
        systemType: String?,
        baseType: String = "text",
        typeKind: String = "b",
        baseTypeKind: String = "b",
        isLoose: Bool = false
    ) {
        self.init(
            number: 2,
            name: name,
            type: "text",
            baseType: baseType,
            typeKind: typeKind,
            baseTypeKind: baseTypeKind,
            systemType: systemType,
            typeHasDefault: false,
            length: -1,
            hasNondeterministicCollation: isLoose,
            isNotNull: false,
            hasComment: false,
            identity: "",
            generated: "",
            compression: "",
            grants: []
        )
    }
}
