import Foundation

/// Removes the clusters of owners that died together with their watchdog, say when a machine was reset.
struct Sweep: Sendable {
    let parents: [String]
    let user: ServerUser

    /// Where the owner's file is missing, someone is just making the folder or died while doing so.
    private static let secondsUntilAbandoned: TimeInterval = 3_600

    /// Removes what it can and never fails: another's rubbish is no reason not to start.
    func callAsFunction() async {
        for parent in parents {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
            for name in names where name.hasPrefix(ClusterFolder.prefix) {
                await removeIfDead(ClusterFolder(path: "\(parent)/\(name)"))
            }
        }
    }

    private func removeIfDead(_ folder: ClusterFolder) async {
        var status = stat()
        // A folder of another user may be a trap: its pid file could name any process.
        guard lstat(folder.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == user.userID,
            access(folder.kept, F_OK) != 0
        else { return }
        if access(folder.owner, F_OK) == 0 {
            // Whoever gets the lock knows that the owner is dead and that no other sweep is at work here.
            guard let lock = FileLock(taking: folder.owner) else { return }
            await remove(folder)
            withExtendedLifetime(lock) {}
        } else if isAbandoned(folder) {
            await remove(folder)
        }
    }

    private func isAbandoned(_ folder: ClusterFolder) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: folder.path)
        guard let changed = attributes?[.modificationDate] as? Date else { return false }
        return Date.now.timeIntervalSince(changed) > Self.secondsUntilAbandoned
    }

    private func remove(_ folder: ClusterFolder) async {
        try? await Removal(folder: folder.path, user: user)()
    }
}
