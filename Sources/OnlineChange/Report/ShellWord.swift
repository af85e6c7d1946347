/// A word of a command that people copy into a shell: quoted where the shell would take it for more than a word.
struct ShellWord: CustomStringConvertible {
    let description: String

    init(_ text: String) {
        let isPlain =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || ("0"..."9") ~= $0 || "._-/:@%+,=".unicodeScalars.contains($0)
            }
        description = isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
