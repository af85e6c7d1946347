@testable import Postgres
import Testing

struct RowTests {
    let row = Row(
        columns: ["n": 0, "text": 1, "missing": 2, "flag": 3, "number": 4],
        values: ["42", "abc", nil, "t", "1.5"]
    )

    @Test
    func decodesEachType() throws {
        #expect(try row["n"] == 42)
        #expect(try row["n"] == UInt32(42))
        #expect(try row["n"] == "42")
        #expect(try row["n"] == 42.0)
        #expect(try row["text"] == "abc")
        #expect(try row["flag"] == true)
        #expect(try row["number"] == 1.5)
        #expect(try row.first() == 42)
        #expect(try row.first(as: String.self) == "42")
    }

    @Test
    func decodesNullAsAnOptional() throws {
        #expect(try row["missing"] as Int? == nil)
        #expect(try row["n"] as Int? == 42)
    }

    @Test
    func refusesWhatIsNotOfTheType() {
        expectDecodingError("the result has no column nosuch") { try row["nosuch"] as Int }
        expectDecodingError("the result has no column nosuch") { try row["nosuch"] as Int? }
        expectDecodingError("column text holds abc, which is no Int") { try row["text"] as Int }
        expectDecodingError("column text holds abc, which is no Optional<Int>") { try row["text"] as Int? }
        expectDecodingError("column missing holds NULL, which is no String") { try row["missing"] as String }
        expectDecodingError("column n holds 42, which is no Bool") { try row["n"] as Bool }
        expectDecodingError("column number holds 1.5, which is no Int") { try row["number"] as Int }
        expectDecodingError("column 1 holds no column, which is no Int") {
            try Row(columns: [:], values: []).first() as Int
        }
    }

    private func expectDecodingError<Value>(
        _ reason: String,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ read: () throws -> Value
    ) {
        #expect(throws: PostgresError.decoding(reason), sourceLocation: sourceLocation) { _ = try read() }
    }
}
