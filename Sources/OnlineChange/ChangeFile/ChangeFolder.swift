import Foundation

/// The change files that somebody names: each by itself, or all of a folder.
public enum ChangeFolder {
    /// Reads files, and of each folder all `*.yaml` and `*.yml` in the byte order of their names; subfolders are not
    /// looked into.
    ///
    /// - Throws: `Failure.usage` for a path that there isn't and for two files of one change, `RecipeError` for a file
    ///   that is not understood: all are read before anything is done.
    public static func read(_ paths: [String]) throws -> [ChangeFile] {
        var files: [ChangeFile] = []
        for path in try paths.flatMap(expanded) where !files.contains(where: { $0.source == path }) {
            let file = try ChangeFile.read(try text(path), source: path)
            if let twin = files.first(where: { $0.isAboutTheSame(as: file) }) {
                throw Failure(
                    .usage,
                    "\(path) and \(twin.source) are the same change",
                    left: "Nothing was changed.",
                    next: "Keep one of them, or give each a name of its own (change:)."
                )
            }
            files.append(file)
        }
        return files
    }

    private static func expanded(_ path: String) throws(Failure) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw missing(path) }
        guard isFolder.boolValue else { return [path] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw unreadable(path, error)
        }
        return inOrder(names).map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
    }

    /// The names of change files among others, in byte order.
    static func inOrder(_ names: [String]) -> [String] {
        names.filter { !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml")) }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func text(_ path: String) throws(Failure) -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw unreadable(path, error)
        }
    }

    private static func missing(_ path: String) -> Failure {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent().path
        let siblings = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let near = NearName.among(siblings, to: url.lastPathComponent).first
        return Failure(
            .usage,
            "there is no file \(path)",
            left: "Nothing was changed.",
            next: near.map { "Did you mean \($0)?" }
        )
    }

    private static func unreadable(_ path: String, _ error: any Error) -> Failure {
        Failure(.usage, "\(path) can't be read: \(error.localizedDescription)", left: "Nothing was changed.")
    }
}

extension ChangeFile {
    fileprivate func isAboutTheSame(as other: ChangeFile) -> Bool {
        if let name = definition.name, let other = other.definition.name { return name == other }
        return definition.name == other.definition.name && definition.recipe == other.definition.recipe
            && definition.arguments == other.definition.arguments
    }
}
