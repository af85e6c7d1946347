import Testing

@testable import OnlineChange

struct ChangeFileTests {
    private static let valid = """
        change: names
        recipe: rename-column
        arguments:
          table: app.users
          from: '"Name"'
          to: full_name
        options:
          unique-copies: true
          acknowledge: [publication p, rule r]
          workers: 2
          lag-limit: 256MB
          only: 22:00-06:00
        through: swap
        """

    @Test func reads() throws {
        let file = try ChangeFile.read(Self.valid, source: "a.yaml")
        #expect(file.through == "swap")
        #expect(
            file.definition
                == ChangeDefinition(
                    recipe: "rename-column",
                    name: "names",
                    arguments: ["table": "app.users", "from": "\"Name\"", "to": "full_name"],
                    flags: [.uniqueCopies: true],
                    acknowledged: ["publication p", "rule r"],
                    limits: Limits(
                        [.workers: .at(2), .lag: .at(Double(256 << 20))],
                        hours: Hours("22:00-06:00")
                    )
                )
        )
    }

    @Test(
        "What a file says becomes the arguments by which its recipe plans",
        arguments: [
            (
                "recipe: change-type\narguments: { table: t, column: c, type: int, using: 'c::int', as: d }\n"
                    + "options: { cascade: true, one-way: true, allow-lossy: true }",
                ["column": "c", "as": "d"], ["type": "int", "using": "c::int", "cascade": "yes"]
            ),
            (
                "recipe: add-not-null\narguments: { table: t, column: c, fill: 0 }\noptions: { keep-filling: true }",
                ["column": "c"], ["fill": "0", "keep-filling": "yes"]
            ),
            ("recipe: add-not-null\narguments: { table: t, column: c }", ["column": "c"], [:]),
        ]
    )
    func request(text: String, columns: [String: String], texts: [String: String]) throws {
        let request = try ChangeFile.read(text, source: "a.yaml").definition.request()
        #expect(request.table == "t")
        #expect(request.columns == columns)
        #expect(request.texts == texts)
        #expect(request.options.isOneWay == text.contains("one-way"))
        #expect(request.options.allowsLoss == text.contains("allow-lossy"))
    }

    @Test(
        "What is wrong is told with its place, and with what may have been meant",
        arguments: [
            ("change: names", "chnge: names", "1:1: unknown key 'chnge'; did you mean 'change'?"),
            ("  from: ", "  form: ", "4:3: 'from' is missing"),
            ("  to: full_name", "  to: full_name\n  form: x", "7:3: unknown key 'form'; did you mean 'from'?"),
            (
                "  to: full_name", "  to: full_name\n  workers: 2",
                "7:3: 'workers' is no argument of rename-column; it belongs under 'options'"
            ),
            ("  workers: 2", "  to: x", "10:3: 'to' is no option; it belongs under 'arguments'"),
            ("  workers: 2", "  cascade: true", "10:3: 'cascade' is an option of change-type, not of rename-column"),
            ("  workers: 2", "  wrokers: 2", "10:3: unknown key 'wrokers'; did you mean 'workers'?"),
            ("  workers: 2", "  workers: 200", "10:3: 'workers' takes a number from 1 to 64, not '200'"),
            ("true", "maybe", "8:3: 'unique-copies' must be true or false"),
            ("22:00-06:00", "night", "12:3: 'only' takes hours such as 22:00-06:00, a time zone behind them, or off"),
            ("to: full_name", "to:", "6:3: 'to' has no value"),
            (
                "rename-column", "rename-colum",
                "2:1: there is no recipe 'rename-colum'. Did you mean rename-column?"
            ),
            ("swap", "swop", "13:1: 'through' must be one of expand, backfill, swap, drop, not 'swop'"),
        ]
    )
    func errors(piece: String, replacement: String, expected: String) {
        let text = Self.valid.replacing(piece, with: replacement)
        let error = #expect(throws: RecipeError.self) { try ChangeFile.read(text, source: "a.yaml") }
        #expect(error?.description == "a.yaml:\(expected)")
    }

    @Test func keepFillingNeedsFill() {
        let text = "recipe: add-not-null\narguments: { table: t, column: c }\noptions: { keep-filling: true }"
        let error = #expect(throws: RecipeError.self) { try ChangeFile.read(text, source: "a") }
        #expect(error?.message == "keep-filling needs fill: there is nothing to fill NULLs with")
    }

    @Test("Of a folder the change files, in the byte order of their names")
    func order() {
        let names = ["b.yaml", "10.yml", "9.yaml", ".hidden.yaml", "B.yaml", "notes.md", "é.yaml"]
        #expect(ChangeFolder.inOrder(names) == ["10.yml", "9.yaml", "B.yaml", "b.yaml", "é.yaml"])
    }

    @Test("Every argument and option of the forms is known to the recipe or to the plan", arguments: ChangeForm.all)
    func forms(form: ChangeForm) throws {
        let recipe = try RecipeReader.builtIn(form.recipe)
        let flags = form.flags.map(\.rawValue).filter { ["cascade", "keep-filling"].contains($0) }
        #expect(Set(recipe.arguments.map(\.name)) == Set(form.arguments + flags))
        #expect(form.columns.isSubset(of: form.arguments))
    }
}
