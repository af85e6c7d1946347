import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database) struct RowWidthCheckTests {
    @Test("A row that only just fits into a page is refused until acknowledged")
    func tooWide() async throws {
        let columns = SQL.joined((1...503).map { "c\($0) uuid" })
        try await TestDatabase.current.run("CREATE TABLE users (name uuid, \(columns))")
        try await #expect(
            AskedRename().refusal() == """
                refused: table public.users: a row with a long value in each of its 504 columns takes 8152 bytes, and with \
                one more column 8168: more than a page holds (8160), so a write may fail with 'row is too big'
                Nothing was changed.
                Check how wide your rows are (SELECT max(pg_column_size(t)) FROM public.users t); or, knowing this, add \
                --acknowledge 'table public.users'
                """
        )
    }

    @Test func fits() async throws {
        let columns = SQL.joined((1...300).map { "c\($0) uuid" })
        try await TestDatabase.current.run("CREATE TABLE users (name uuid, \(columns))")
        try await #expect(AskedRename().notes().isEmpty)
    }
}
