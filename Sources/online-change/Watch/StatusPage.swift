import OnlineChange

/// How changes are shown: one on a screen of its own, several in a table. Pure.
struct StatusPage {
    private let statuses: [ChangeStatus]
    private let isOne: Bool

    /// - Parameter isOne: whether one was asked for by name.
    init(_ statuses: [ChangeStatus], isOne: Bool) {
        self.statuses = statuses
        self.isOne = isOne
    }

    /// The lines; nil for the width leaves them as long as they are.
    func lines(width: Int?, isColoured: Bool = false) -> [String] {
        if statuses.isEmpty { return ["no changes in this database"] }
        if isOne || statuses.count == 1 {
            return statuses.flatMap { $0.screen(width: width, isColoured: isColoured) }
        }
        return StatusTable(statuses).lines(width: width, isColoured: isColoured)
    }
}
