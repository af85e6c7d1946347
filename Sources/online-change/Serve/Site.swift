import Foundation
import OnlineChange

/// What `serve` answers. It only reads, and tells nobody how it connects.
struct Site: Sendable {
    let database: DatabaseView
    let hosts: HostCheck
    /// Seconds after which a browser asks for a page again.
    private static let refresh = 5

    /// The answer to a question; nil was none that could be read.
    func answer(_ question: HTTPQuestion?) async -> HTTPAnswer {
        guard let question else { return .text(.badRequest, "that is no request") }
        guard hosts.allows(question.host) else {
            return .text(.forbidden, "this name is not ours; give it to serve with --host")
        }
        guard ["GET", "HEAD"].contains(question.method) else { return .text(.methodNotAllowed, "only GET and HEAD") }
        var answer = await answer(question.path)
        answer.isHeadOnly = question.method == "HEAD"
        return answer
    }

    private func answer(_ path: String) async -> HTTPAnswer {
        do {
            switch path {
            case "/metrics":
                let metrics = try await database.read { try await Metrics.read($0).text }
                return HTTPAnswer(status: .ok, type: "text/plain; version=0.0.4; charset=utf-8", body: metrics)
            case "/healthz":
                _ = try await database.read { try await ChangeStatus.read($0, change: nil).count }
                return .text(.ok, "ok")
            case "/":
                let statuses = try await database.read { try await ChangeStatus.read($0, change: nil) }
                return page(ChangeListPage.html(statuses, every: Self.refresh))
            default:
                guard path.hasPrefix("/changes/"), let name = path.dropFirst(9).removingPercentEncoding else {
                    return .text(.notFound, "there is no such page; / lists the changes")
                }
                let page: String? = try await database.read { session in
                    // The list is asked for the name, so that a wrong one is no error of the database's.
                    let all = try await ChangeStatus.read(session, change: nil)
                    guard let found = all.first(where: { $0.change == name || String($0.number) == name }) else {
                        return nil
                    }
                    return try await ReportDocument.read(session, change: "\(found.number)")
                        .livePage(every: Self.refresh)
                }
                return page.map(self.page) ?? .text(.notFound, "there is no such change; / lists them")
            }
        } catch {
            return .text(.serviceUnavailable, Self.reason(Failure(error)))
        }
    }

    /// Why there is no answer, without a word of the server's: its messages name hosts, users and files.
    private static func reason(_ failure: Failure) -> String {
        switch failure.kind {
        case .unreachable: "the database can't be reached"
        case .privilege: "the ledger can't be read by the role that serve connects as"
        case .notNow: "the ledger is locked"
        default: "the ledger can't be read"
        }
    }

    private func page(_ html: String) -> HTTPAnswer {
        HTTPAnswer(status: .ok, type: "text/html; charset=utf-8", body: html)
    }
}
