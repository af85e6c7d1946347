import Postgres

/// How a value of one column of a pair becomes one of the other.
public enum Conversion: Codable, Hashable, Sendable {
    /// The value as it is.
    case none
    /// The server's cast, which no value fails.
    case cast(to: String)
    /// The server's cast, which values outside of a range fail.
    case ranged(to: String, least: String, greatest: String)
    /// Functions of ours around an expression that may fail.
    case function(ConvertingFunction)

    /// The converted value, and NULL where it can't be converted: it stands in WHEN clauses, where no write may fail.
    func total(_ value: SQL) -> SQL {
        switch self {
        case .none: value
        case .cast(let type): "(\(value))::\(server: type)"
        case .ranged(let type, let least, let greatest):
            "CASE WHEN \(value) BETWEEN \(server: least) AND \(server: greatest) THEN (\(value))::\(server: type) END"
        case .function(let function): "\(function.total)(\(value))"
        }
    }

    /// The converted value, and the server's error where it can't be converted.
    func strict(_ value: SQL) -> SQL {
        switch self {
        case .none: value
        case .cast(let type), .ranged(let type, _, _): "(\(value))::\(server: type)"
        case .function(let function): "\(function.strict)(\(value))"
        }
    }

    /// Whether a value can't be converted; nil if there is none such.
    func misfit(_ value: SQL) -> SQL? {
        switch self {
        case .none, .cast: nil
        case .ranged(_, let least, let greatest):
            "\(value) NOT BETWEEN \(server: least) AND \(server: greatest)"
        case .function(let function): "NOT \(function.fits)(\(value))"
        }
    }

    /// Whether an assignment in PL/pgSQL converts by itself and can't fail.
    var isAssignment: Bool {
        switch self {
        case .none, .cast: true
        case .ranged, .function: false
        }
    }

    /// Creates the functions, if there are any.
    var creation: [SQL] {
        if case .function(let function) = self { function.creation } else { [] }
    }

    /// Drops them.
    var removal: [SQL] {
        if case .function(let function) = self { function.removal } else { [] }
    }
}

/// The functions around an expression that converts a column: one that fails, one that gives NULL instead, and one that
/// tells whether the first would.
///
/// They run as the table's owner, so that no role that may write the table needs a right on what the expression uses,
/// and look names up in pg_catalog alone. The expression is one that the server deparsed; in it the column stands by
/// its own name, which is another name of the argument here.
public struct ConvertingFunction: Codable, Hashable, Sendable {
    let strict: QualifiedName
    let total: QualifiedName
    let fits: QualifiedName
    /// The column's name in the expression.
    let column: Identifier
    let argument: String
    let result: String
    let expression: String
    /// Whether NULL for a value means that it can't be converted.
    var isPartial = false

    var creation: [SQL] {
        [
            function(strict, returning: result, ends: ("RETURN \(variable.quoted);", "")),
            function(total, returning: result, ends: ("RETURN \(variable.quoted);", "RETURN NULL;")),
            function(fits, returning: "pg_catalog.bool", ends: ("RETURN true;", "RETURN false;")),
        ] + [strict, total, fits].map { "GRANT EXECUTE ON FUNCTION \($0)(\(server: argument)) TO PUBLIC" }
    }

    var removal: [SQL] {
        [strict, total, fits].map { "DROP FUNCTION IF EXISTS \($0)(\(server: argument))" }
    }

    private var variable: Identifier {
        column == "online_change_result" ? "online_change_value" : "online_change_result"
    }

    private func function(_ name: QualifiedName, returning type: String, ends: (success: String, failure: String))
        -> SQL
    {
        let caught = ends.failure.isEmpty ? "" : "EXCEPTION WHEN OTHERS THEN \(ends.failure) "
        let partial =
            isPartial
            ? "IF \(variable.quoted) IS NULL AND \(column.quoted) IS NOT NULL THEN RAISE invalid_text_representation; END IF; "
            : ""
        // The alias is declared in the block itself and so wins over what PL/pgSQL declares, FOUND for one.
        let body = """
            DECLARE \(column.quoted) ALIAS FOR $1;
            BEGIN
              DECLARE \(variable.quoted) \(result) := \(expression);
              BEGIN \(partial)\(ends.success) END;
            \(caught)END
            """
        return """
            CREATE OR REPLACE FUNCTION \(name)(\(server: argument)) RETURNS \(server: type) LANGUAGE plpgsql IMMUTABLE
            PARALLEL UNSAFE SECURITY DEFINER \(FunctionSettings.pinned) AS \(literal: body)
            """
    }
}
