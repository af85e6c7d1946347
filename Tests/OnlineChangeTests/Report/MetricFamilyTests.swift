import Testing

@testable import OnlineChange

struct MetricFamilyTests {
    @Test func text() {
        let family = MetricFamily(
            name: "online_change_rows_total",
            kind: .counter,
            help: "Rows\\of\na \"table\".",
            samples: [
                .init(labels: [.init(name: "table", value: "a \"b\" \\n\nc"), .init(name: "x", value: "")], value: 12),
                .init(labels: [], value: 0.25), .init(labels: [], value: .infinity), .init(labels: [], value: .nan),
                .init(labels: [], value: 1e20), .init(labels: [], value: -3),
            ]
        )
        #expect(
            family.text == #"""
                # HELP online_change_rows_total Rows\\of\na "table".
                # TYPE online_change_rows_total counter
                online_change_rows_total{table="a \"b\" \\n\nc",x=""} 12
                online_change_rows_total 0.25
                online_change_rows_total +Inf
                online_change_rows_total NaN
                online_change_rows_total 1e+20
                online_change_rows_total -3

                """#
        )
    }

    @Test("What nothing can be said of is not mentioned")
    func empty() {
        #expect(MetricFamily(name: "x", kind: .gauge, help: "y").text.isEmpty)
    }
}
