/// The recipes that the binary carries, as the YAML text of the files beside this one.
///
/// They are embedded in the code, so the binary keeps them wherever it is moved.
public enum BuiltInRecipes {
    /// The text of each recipe by its name, which is also its file's name.
    public static let texts: [(name: String, yaml: String)] = [
        ("rename-column", text(PackageResources.rename_column_yaml)),
        ("change-type", text(PackageResources.change_type_yaml)),
        ("add-not-null", text(PackageResources.add_not_null_yaml)),
    ]

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
