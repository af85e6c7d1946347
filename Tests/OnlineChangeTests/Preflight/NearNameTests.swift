import Testing

@testable import OnlineChange

struct NearNameTests {
    @Test(
        arguments: [
            ("nmae", ["name"]), ("Name", ["name", "name_of_pet"]), ("nam", ["name", "name_of_pet"]),
            ("names", ["name"]),
            ("name_of_pets", ["name_of_pet", "name"]), ("naem_of_pet", ["name_of_pet"]), ("price", []), ("if", []),
        ] as [(String, [String])]
    )
    func near(wanted: String, expected: [String]) {
        let found = NearName.among(["id", "name", "name_of_pet"], to: wanted)
        #expect(found == expected)
    }
}
