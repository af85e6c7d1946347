import ArgumentParser
import OnlineChange

/// Shows what stands in the way of changes.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Looks what stands in the way of changes on this server, or of one table, and what to do about it.",
        discussion: """
            Changes nothing. Exits with 78 if something would have a change refused, else with 0.

            Example:
              online-change doctor
              online-change doctor users
              online-change doctor --json
            """
    )

    @Argument(help: "A table: schema.table, or a name found through search_path. (default: all of the database)")
    var table: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        if json { Output.choose(.json) }
        let diagnosis = try await Diagnosis.make(connection.parameters, table: table)
        try Document.print(diagnosis, json: json) { diagnosis.text }
        if diagnosis.blocks { throw ExitCode(Failure.Kind.refused.rawValue) }
    }
}
