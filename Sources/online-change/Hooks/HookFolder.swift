import Foundation
import OnlineChange

/// A folder with hooks: executables that bear the names of moments in a change's life.
struct HookFolder: Sendable {
    /// Its absolute path.
    let path: String
    private let names: Set<String>

    /// Looks what is there.
    ///
    /// - Throws: `Failure.usage` if there is no such folder, `.refused` for a hook that would never be run: one that is
    ///   not executable, or of a name that begins like that of a hook that stops a phase.
    init(_ path: String) throws(Failure) {
        self.path = URL(fileURLWithPath: path).path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: self.path, isDirectory: &isFolder), isFolder.boolValue,
            let entries = try? FileManager.default.contentsOfDirectory(atPath: self.path)
        else {
            throw Failure(
                .usage,
                "there is no folder \(path) that can be read (--hooks)",
                left: "Nothing was changed.",
                next: "Name a folder with executables such as before-swap and finished."
            )
        }
        names = Set(entries.filter { HookName(rawValue: $0) != nil })
        for name in names.sorted() where !FileManager.default.isExecutableFile(atPath: "\(self.path)/\(name)") {
            throw Failure(
                .refused,
                "the hook \(self.path)/\(name) is not executable, so it would never be run",
                left: "Nothing was changed.",
                next: "chmod +x '\(self.path)/\(name)', or give it another name."
            )
        }
        for entry in entries.sorted() where entry.hasPrefix("before-") && !names.contains(entry) {
            // A backup copy of an editor, a sample.
            guard !entry.contains("."), !entry.hasSuffix("~") else { continue }
            let known = HookName.allCases.map(\.rawValue).filter { $0.hasPrefix("before-") }
            let near = NearName.among(known, to: entry)
            throw Failure(
                .refused,
                "there is no moment '\(entry)' at which the hook of that name could stop anything",
                left: "Nothing was changed.",
                next: near.isEmpty
                    ? "Call it \(known.joined(separator: ", ")), or give it an ending such as .off."
                    : "Did you mean \(near.joined(separator: " or "))? Otherwise give it an ending such as .off."
            )
        }
    }

    /// The program of a hook, if there is one.
    func program(_ name: HookName) -> String? {
        names.contains(name.rawValue) ? "\(path)/\(name.rawValue)" : nil
    }
}
