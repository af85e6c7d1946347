import ArgumentParser
import FlyingSocks
import Foundation
import OnlineChange

/// Answers browsers and monitoring.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answers /metrics, /healthz and a page for each change, for browsers and monitoring.",
        discussion: """
            Only reads, over one connection, which is made anew when it is lost. There is no login: listen where only \
            those can come that may know. Ctrl-C or SIGTERM ends it.

            Example:
              online-change serve
              online-change serve --listen '[::1]:9187'
              online-change serve --listen 0.0.0.0:9187 --host db1.example.org
            """
    )

    @Option(
        help: ArgumentHelp("IP address, or localhost, and port; port 0 takes a free one.", valueName: "address:port")
    )
    var listen = ListenAddress(host: "127.0.0.1", port: 9187)

    @Option(
        help: ArgumentHelp(
            "A name by which this server is asked for, beside localhost, the machine's own and IP addresses; may be given "
                + "several times.",
            valueName: "name"
        )
    )
    var host: [String] = []

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let output = Output.choose(.lines(isVerbose: false))
        let listener: Listener
        do {
            listener = try Listener(listen)
        } catch {
            throw failure(error)
        }
        let database = DatabaseView(connection.parameters)
        let site = Site(database: database, hosts: HostCheck(names: host))
        output.say("listening on http://\(listener.address ?? listen)/ (Ctrl-C ends it)")
        do {
            try await listener.run { await site.answer($0) }
        } catch {
            await database.close()
            // That is how it is meant to end.
            guard !Task.isCancelled else { return }
            throw failure(error)
        }
    }

    private func failure(_ error: any Error) -> Failure {
        guard case .failed(_, let number, let message)? = error as? SocketError else { return Failure(error) }
        let left = "Nothing is served."
        let next = "Name another address and port with --listen."
        return switch number {
        case EADDRINUSE:
            Failure(.notNow, "another program listens on \(listen) already", left: left, next: next)
        case EACCES:
            Failure(.privilege, "this user may not listen on \(listen)", left: left, next: next)
        case EADDRNOTAVAIL:
            Failure(.refused, "this machine does not have the address of \(listen)", left: left, next: next)
        default:
            Failure(.refused, "can't listen on \(listen): \(message)", left: left, next: next)
        }
    }
}
