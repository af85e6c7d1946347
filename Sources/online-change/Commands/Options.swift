import ArgumentParser
import OnlineChange
import Postgres

/// Where the database is.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Connection string: a URI or keyword=value text. Without it libpq's environment variables, service file and "
                + "password file decide.",
            valueName: "conninfo"
        )
    )
    var dsn: String?

    var parameters: ConnectionParameters { ConnectionParameters(conninfo: dsn) }
}

/// How much is told.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print events as JSON, one object a line.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print nothing but errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Print every step and every attempt.")
    var verbose = false

    /// Makes the choice for the rest of the run.
    func choose() -> Output {
        Output.choose(json ? .json : quiet ? .quiet : .lines(isVerbose: verbose))
    }
}

/// How locks are asked for.
struct LockOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The longest that any statement of an application may wait because of us.", valueName: "ms")
    )
    var lockTimeout = 100

    @Option(help: ArgumentHelp("How long to keep trying for a lock: 30s, 10m, 2h.", valueName: "duration"))
    var lockDeadline = ShortDuration(seconds: 600)

    @Option(
        help: ArgumentHelp(
            "An object that a check named and that you know about; may be given several times.",
            valueName: "object"
        )
    )
    var acknowledge: [String] = []

    @OptionGroup var hooks: HookOptions

    func validate() throws {
        guard (1...60_000).contains(lockTimeout) else {
            throw ValidationError("--lock-timeout takes milliseconds from 1 to 60000.")
        }
    }

    /// A runner that asks for locks so and tells what happens.
    func runner(_ connection: ConnectionOptions, _ annotation: AnnotationOptions, _ output: Output) throws -> Runner {
        let hooks = try hooks.choose(output)
        var runner = Runner(parameters: connection.parameters) { event in
            output.tell(event)
            await hooks?.tell(event)
        }
        if let hooks {
            runner.ask = { try await hooks.ask($0) }
            runner.tellSubject = { await hooks.about($0) }
        }
        runner.lockTimeout = lockTimeout
        runner.lockDeadline = lockDeadline.seconds
        runner.acknowledged = Set(acknowledge)
        runner.annotation = annotation.given
        return runner
    }
}

/// What is noted of a run.
struct AnnotationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A word for the audit trail: a ticket, a release, a reason.", valueName: "text")
    )
    var annotate: String?

    func validate() throws {
        guard annotate == nil || given != nil else {
            throw ValidationError("--annotate takes a text of 1 to \(Annotation.longest) characters.")
        }
    }

    var given: Annotation? { annotate.flatMap { Annotation($0) } }
}

/// A duration as people write it on a command line.
struct ShortDuration: ExpressibleByArgument, CustomStringConvertible {
    let seconds: Double

    init(seconds: Double) {
        self.seconds = seconds
    }

    /// Reads `90`, `30s`, `10m`, `2h`, `1d`.
    init?(argument: String) {
        let factors: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        let factor = argument.last.flatMap { factors[$0] }
        guard let number = Double(factor == nil ? argument[...] : argument.dropLast()), number >= 0, number.isFinite
        else { return nil }
        seconds = number * (factor ?? 1)
    }

    var description: String {
        for (factor, unit) in [(86400.0, "d"), (3600, "h"), (60, "m")]
        where seconds >= factor && seconds.truncatingRemainder(dividingBy: factor) == 0 {
            return "\(Int(seconds / factor))\(unit)"
        }
        return "\(Int(seconds))s"
    }
}

/// The phases that a change can be taken through.
enum PhaseName: String, ExpressibleByArgument, CaseIterable {
    case expand, backfill, swap, drop
}
