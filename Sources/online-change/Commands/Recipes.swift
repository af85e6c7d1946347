import ArgumentParser
import OnlineChange

/// Lists the built-in recipes, or shows one.
struct Recipes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists the built-in recipes, or prints one: what its phases do, and its text.",
        discussion: """
            Example:
              online-change recipes
              online-change recipes rename-column
            """
    )

    @Argument(help: "A recipe's name.")
    var name: String?

    @Flag(help: "Print JSON: a list of recipes.")
    var json = false

    func run() async throws {
        guard !json else {
            Output.choose(.json)
            let recipes = try name.map { [try RecipeReader.builtIn($0)] } ?? RecipeReader.builtIn()
            return StandardStream.output.write(try RecipeRecord.text(recipes) + "\n")
        }
        guard let name else {
            for recipe in try RecipeReader.builtIn() {
                StandardStream.output.write("\(recipe.name)\n  \(recipe.summary)\n")
            }
            return
        }
        let recipe = try RecipeReader.builtIn(name)
        StandardStream.output.write("\(recipe.description)\n\nThe recipe's text\n\(recipe.yaml)")
    }
}
