internal import CLibPQ

/// What a statement gave.
public struct QueryResult: Sendable {
    /// Its rows; empty for a command.
    public let rows: [Row]
    /// How many rows a command touched; 0 where that has no meaning.
    public let affected: Int
    /// What the server said beside it: notices and warnings.
    public let notices: [String]

    init(_ result: OpaquePointer?, notices: [String]) {
        let columnCount = PQnfields(result)
        var columns: [String: Int] = [:]
        for column in 0..<columnCount {
            columns[String(cString: PQfname(result, column))] = Int(column)
        }
        rows = (0..<PQntuples(result)).map { row in
            let values = (0..<columnCount).map { column -> String? in
                PQgetisnull(result, row, column) == 1 ? nil : String(cString: PQgetvalue(result, row, column))
            }
            return Row(columns: columns, values: values)
        }
        affected = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
        self.notices = notices
    }
}

extension ServerError {
    /// Whether the server itself reported it.
    static func hasCode(_ result: OpaquePointer?) -> Bool {
        PQresultErrorField(result, Int32(("C" as UnicodeScalar).value)) != nil
    }

    init(_ result: OpaquePointer?) {
        func field(_ code: UnicodeScalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        self.init(
            state: SQLState(field("C") ?? "XX000"),
            message: field("M") ?? PQresultErrorMessage(result).map { String(cString: $0) } ?? "unknown error",
            detail: field("D"),
            hint: field("H"),
            context: field("W"),
            constraint: field("n")
        )
    }
}

extension String {
    /// libpq ends its messages with a newline.
    var trimmingNewlines: String {
        var text = self[...]
        while text.last?.isNewline == true { text.removeLast() }
        return String(text)
    }
}
