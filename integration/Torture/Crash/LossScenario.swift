import OnlineChange
import Postgres
import ThrowawayPostgres

/// A scenario through a proxy, by which its answers can get lost.
struct LossScenario: Sendable {
    /// A message that has been sent, or answered, when the connection or the server goes.
    struct Loss: Sendable, CustomStringConvertible {
        let message: Int
        let moment: CutProxy.Moment

        var description: String { "message \(message), \(moment)" }
    }

    let scenario: CrashScenario
    let databases: CopiedDatabases
    let undisturbed: CrashOutcome
    /// Every place at which something can get lost.
    let losses: [Loss]

    init(_ scenario: CrashScenario, on cluster: ThrowawayCluster) async throws {
        self.scenario = scenario
        databases = try await CopiedDatabases(on: cluster, scenario.prepare)
        (undisturbed, losses) = try await databases.withCopy { name in
            let proxy = try CutProxy(to: cluster.socketDirectory, port: cluster.port)
            defer { proxy.close() }
            try await scenario.run(proxy.parameters(database: name, user: cluster.superuser))
            let losses = (1...proxy.messages).flatMap { message in
                CutProxy.Moment.allCases.map { Loss(message: message, moment: $0) }
            }
            let outcome = try await CrashOutcome.read(ConnectionParameters(conninfo: cluster.dsn(database: name)))
            return (outcome, losses)
        }
    }

    /// Runs the command through a proxy that loses one answer, and again where it gave up for want of a server.
    ///
    /// - Parameter bringingDown: has the server crash while the client waits for the answer; nil to cut the connection.
    /// - Returns: what differs in the end from the undisturbed run.
    func run(_ loss: Loss, bringingDown: (@Sendable () async throws -> Void)? = nil) async throws -> [String] {
        let cluster = databases.cluster
        return try await databases.withCopy { name in
            let proxy = try CutProxy(to: cluster.socketDirectory, port: cluster.port)
            let crash = Task {
                for await _ in proxy.held {
                    try await bringingDown?()
                    break
                }
            }
            proxy.cut(atMessage: loss.message, loss.moment, holding: bringingDown != nil)
            let parameters = proxy.parameters(database: name, user: cluster.superuser)
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await runAgain(parameters, after: crash))
            } catch {
                outcome = .failure(error)
            }
            proxy.close()
            try await crash.value
            try outcome.get()
            return try await CrashOutcome.read(ConnectionParameters(conninfo: cluster.dsn(database: name)))
                .differences(from: undisturbed)
        }
    }

    private func runAgain(_ parameters: ConnectionParameters, after crash: Task<Void, any Error>) async throws {
        do {
            try await scenario.run(parameters)
        } catch {
            // A server that has not answered at all is not waited for: the same command again, once it is there.
            guard [.unreachable, .notNow].contains(Failure(error).kind) else { throw error }
            try await crash.value
            try await scenario.run(parameters)
        }
    }
}
