import Testing

@testable import OnlineChange

struct RecipeReaderTests {
    private static let valid = """
        recipe: tidy
        summary: Tidies up.
        arguments:
          table: the table
          from: a column
        phases:
          - phase: only
            summary: Vacuums {table}.
            operations:
              - analyze-table: { table: $table }
            gate: nothing
            final: true
        """

    @Test func reads() throws {
        let recipe = try RecipeReader.read(Self.valid, source: "tidy.yaml")
        #expect(recipe.name == "tidy")
        #expect(recipe.arguments.map(\.name) == ["table", "from"])
        #expect(recipe.phases.map(\.name) == ["only"])
        #expect(recipe.phases[0].isFinal)
        #expect(recipe.phases[0].gate == Gate(now: "nothing"))
        #expect(recipe.phases[0].operations.first is AnalyzeTable)
    }

    @Test(
        "What is wrong is told with its line and column",
        arguments: [
            ("summary: Tidies up.", "summary: Tidies up.\ncolour: red", "3:1: unknown key 'colour'"),
            ("    gate: nothing", "    gates: nothing", "11:5: unknown key 'gates'; did you mean 'gate'?"),
            ("{ table: $table }", "{ table: $table, batch: 9 }", "10:41: unknown key 'batch'"),
            ("recipe: tidy\n", "", "1:1: 'recipe' is missing"),
            ("    summary: Vacuums {table}.\n", "", "7:5: 'summary' is missing"),
            ("{ table: $table }", "{ }", "10:24: 'table' is missing"),
            ("analyze-table: { table: $table }", "analyze-table:", "10:23: a mapping (key: value) is expected here"),
            (
                "analyze-table", "analyse-table",
                "10:9: there is no operation 'analyse-table'; there are: add-column, sync-columns, backfill-column, "
                    + "copy-indexes, analyze-table, verify-columns, swap-names, drop-column, add-typed-column, build-indexes, "
                    + "guard-column, swap-columns, drop-legacy-column, fill-nulls, backfill-nulls, "
                    + "verify-no-nulls, refuse-nulls, validate-not-null, enforce-not-null, drop-fill"
            ),
            ("$table", "$tabel", "10:26: 'table' must be one of the recipe's arguments: $table, $from"),
            ("$table", "users", "10:26: 'table' must be one of the recipe's arguments: $table, $from"),
            ("final: true", "final: maybe", "12:5: 'final' must be true or false"),
            ("recipe: tidy", "recipe: [tidy]", "1:1: 'recipe' must be a text"),
            ("recipe: tidy", "recipe: tidy\nrecipe: tidy", "1:1: the key 'recipe' stands here more than once"),
            ("recipe: tidy", "recipe: 'tidy", "12:16: this is not YAML: found unexpected end of stream"),
            ("arguments:\n", "arguments: {\n", "5:7: this is not YAML: did not find expected ',' or '}'"),
        ]
    )
    func errors(piece: String, replacement: String, expected: String) {
        let text = Self.valid.replacing(piece, with: replacement)
        let error = #expect(throws: RecipeError.self) { try RecipeReader.read(text, source: "tidy.yaml") }
        #expect(error?.description == "tidy.yaml:\(expected)")
    }

    @Test(
        "A text that is no mapping",
        arguments: [
            ("", "1:1: the file is empty"), ("# nothing\n", "1:1: the file is empty"),
            ("- recipe: tidy", "1:1: a mapping (key: value) is expected here"),
            ("tidy", "1:1: a mapping (key: value) is expected here"),
        ]
    )
    func noMapping(text: String, expected: String) {
        let error = #expect(throws: RecipeError.self) { try RecipeReader.read(text, source: "tidy.yaml") }
        #expect(error?.description == "tidy.yaml:\(expected)")
    }

    @Test func noPhases() {
        let text = "recipe: tidy\nsummary: Tidies.\narguments: {}\nphases: []"
        #expect(
            throws: RecipeError(source: "t", line: 1, column: 1, message: "a recipe has one phase at least")
        ) {
            try RecipeReader.read(text, source: "t")
        }
    }

    @Test func unknownBuiltIn() {
        #expect(
            throws: Failure(
                .usage,
                "there is no recipe 'nosuch'",
                left: "Nothing was changed.",
                next: "There are: rename-column, change-type, add-not-null."
            )
        ) {
            try RecipeReader.builtIn("nosuch")
        }
    }

    @Test("Every operation is used by a built-in recipe or at least says what it does")
    func summaries() {
        #expect(OperationRegistry.all.allSatisfy { !$0.summary.isEmpty })
        #expect(Set(OperationRegistry.all.map { $0.key }).count == OperationRegistry.all.count)
    }
}
