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

    func run() async throws {
        guard let name else {
            for recipe in try RecipeReader.builtIn() {
                print("\(recipe.name)\n  \(recipe.summary)")
            }
            return
        }
        let recipe = try RecipeReader.builtIn(name)
        print(recipe.description, "\nThe recipe's text", recipe.yaml, separator: "\n", terminator: "")
    }
}
