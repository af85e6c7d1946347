import Testing

struct HelpTests {
    static let commands = [
        "rename-column", "change-type", "add-not-null", "status", "report", "evidence", "advance", "rollback", "verify",
        "pause", "resume", "tune", "doctor", "recipes", "demo", "apply", "wait", "metrics", "serve",
    ]

    @Test("Every command's help has an example that is not broken into two lines", arguments: commands)
    func example(command: String) async throws {
        let help = try await run(binary, [command, "--help"])
        #expect(help.code == 0)
        #expect(help.errors.isEmpty)
        let lines = help.output.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex(of: "Example:"))
        let example = lines[(start + 1)...].prefix { !$0.isEmpty }
        #expect(!example.isEmpty)
        #expect(example.allSatisfy { $0.hasPrefix("  online-change \(command)") })
    }

    @Test("No help has a line that a terminal of a hundred columns would break", arguments: [""] + commands)
    func width(command: String) async throws {
        let help = try await run(binary, (command.isEmpty ? [] : [command]) + ["--help"])
        #expect(help.output.split(separator: "\n").filter { $0.count > 100 }.isEmpty)
    }

    @Test("The help of the whole")
    func root() async throws {
        let help = try await run(binary, ["--help"])
        #expect(
            help.output == """
                OVERVIEW: Changes a column of a live PostgreSQL table without downtime.

                A change goes through phases: expand, backfill, swap, drop. Phases may lie
                weeks apart; until drop everything can be rolled back. Whatever interrupts a
                command, the same command again continues.

                Example:
                  online-change rename-column users name full_name --dry-run
                  online-change rename-column users name full_name
                  online-change status
                  online-change advance users.name-to-full_name

                Exit codes: 0 the asked phase is reached; 64 usage; 65 data that differs or
                does not fit; 69 server unreachable; 70 a mistake in this program; 75 not now,
                run again; 77 privilege missing; 78 refused; 130 interrupted.

                USAGE: online-change <subcommand>

                OPTIONS:
                  --version               Show the version.
                  -h, --help              Show help information.

                SUBCOMMANDS:
                  rename-column           Renames a column while old and new releases of the
                                          application are running.
                  change-type             Changes a column's type while the application is
                                          running.
                  add-not-null            Makes a column NOT NULL while releases that write
                                          NULL are running.
                  apply                   Makes the changes that files of the application's
                                          repository describe, as far as they say.
                  status                  Shows all changes, or one: phase, progress, rate,
                                          time left, why it waits, next command.
                  report                  Tells all that is known of a change: phases, steps,
                                          waits, rates, comparisons, who did what.
                  evidence                Shows whether anything still uses a change's legacy
                                          column: what speaks against drop.
                  advance                 Goes on to the next phase of a change, or through the
                                          named one.
                  rollback                Undoes everything that a change has done, from any
                                          phase before drop.
                  verify                  Compares both columns of a change in every row, or
                                          looks for NULL, now.
                  wait                    Waits until a change has reached a phase, whoever
                                          runs it and wherever.
                  pause                   Holds the backfill and the comparison of a change
                                          still, from any machine.
                  resume                  Lets a paused change go on, from any machine.
                  tune                    Sets what holds a change's backfill back and how fast
                                          it goes, from any machine.
                  doctor                  Looks what stands in the way of changes on this
                                          server, or of one table, and what to do about it.
                  recipes                 Lists the built-in recipes, or prints one: what its
                                          phases do, and its text.
                  metrics                 Prints metrics of all changes in the text format that
                                          Prometheus reads.
                  serve                   Answers /metrics, /healthz and a page for each
                                          change, for browsers and monitoring.
                  demo                    Renames a column of 1,000,000 rows under live
                                          traffic, on a private server, and proves that nothing
                                          was lost.

                  See 'online-change help <subcommand>' for detailed help.

                """
        )
    }

    @Test("The recipes, one recipe, and none of that name")
    func recipes() async throws {
        let all = try await run(binary, ["recipes"])
        #expect(all.code == 0)
        #expect(all.output.hasPrefix("rename-column\n  Renames a column"))
        let one = try await run(binary, ["recipes", "rename-column"])
        #expect(one.code == 0)
        #expect(one.output.contains("  copy-indexes: builds concurrent copies of the column's indexes\n"))
        #expect(one.output.contains("\nThe recipe's text\nrecipe: rename-column\n"))
        let none = try await run(binary, ["recipes", "nosuch"])
        #expect(none.code == 64)
        #expect(none.output.isEmpty)
        #expect(
            none.errors
                == """
                online-change: there is no recipe 'nosuch'
                  Nothing was changed.
                  There are: rename-column, change-type, add-not-null.

                """
        )
    }
}
