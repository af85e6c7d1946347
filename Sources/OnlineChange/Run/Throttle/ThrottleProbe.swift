import Postgres

/// Asks the user's query in a session of its own, as the table's owner, read-only and for no longer than a second.
actor ThrottleProbe {
    private let parameters: ConnectionParameters
    private let owner: Identifier
    private var session: Session?

    init(parameters: ConnectionParameters, owner: Identifier) {
        self.parameters = parameters
        self.owner = owner
    }

    /// What the query says now. Whatever goes wrong is no answer.
    func ask(_ query: String) async throws -> Throttle.Answer {
        do {
            return Self.answer(try await text(of: query))
        } catch is DDLOutsideLockGuard {
            return .unusable(Self.noSubquery)
        } catch let error as PostgresError {
            if case .cancelled = error { throw error }
            await close()
            return .unusable(error.serverMessage)
        }
    }

    /// Why the query will never give an answer; nil for one that gives it, or may at another time.
    func flaw(of query: String) async throws -> Failure? {
        do {
            guard let text = try await text(of: query), case .unusable(let reason) = Self.answer(text) else {
                return nil
            }
            return Self.flaw(reason)
        } catch is DDLOutsideLockGuard {
            return Self.flaw(Self.noSubquery)
        } catch let error as PostgresError {
            if case .cancelled = error { throw error }
            await close()
            // Class 42: the text is not understood, names what isn't there, or asks for what the owner may not.
            return error.state?.code.hasPrefix("42") == true ? Self.flaw(error.serverMessage) : nil
        }
    }

    private func text(of query: String) async throws -> String? {
        let session = try await opened()
        let query = query.trimmingSuffix { $0.isWhitespace || $0 == ";" }
        // As a subquery it can be no second statement, and no row of it is NULL.
        let statement: SQL = "SELECT (\(asked: query))::text AS answer"
        return try await session.value(Query(statement))
    }

    private static let noSubquery = "it holds a comment, a dollar quote or a second statement"

    private static func flaw(_ reason: String) -> Failure {
        Failure(
            .usage,
            "--throttle-query gives no answer: \(reason)",
            left: "Nothing was changed.",
            next: "Give an expression or SELECT that is true, or a number above zero, while the backfill is to hold."
        )
    }

    /// Ends its session.
    func close() async {
        await session?.close()
        session = nil
    }

    /// Reads a boolean or a number as the server writes it.
    static func answer(_ text: String?) -> Throttle.Answer {
        switch text {
        case nil: .unusable("it gave NULL or no row")
        case "t", "true": .wait
        case "f", "false": .goOn
        case let text?:
            if let number = Double(text), !number.isNaN {
                number > 0 ? .wait : .goOn
            } else {
                .unusable("'\(text.prefix(40))' is neither boolean nor number")
            }
        }
    }

    private func opened() async throws -> Session {
        if let session { return session }
        let opened = try await Session.open(parameters)
        do {
            // The names in it are looked up as they are for the user.
            try await opened.set("search_path", to: opened.loginPath)
            try await opened.set("role", to: owner.name)
            try await opened.set("statement_timeout", to: "1000")
            try await opened.set("default_transaction_read_only", to: "on")
        } catch {
            await opened.close()
            throw error
        }
        session = opened
        return opened
    }
}

extension String {
    /// The text without the characters at its end that satisfy a condition.
    fileprivate func trimmingSuffix(_ isTrimmed: (Character) -> Bool) -> String {
        String(self[..<(lastIndex { !isTrimmed($0) }.map(index(after:)) ?? startIndex)])
    }
}
