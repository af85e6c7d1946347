/// Indexes and triggers that another change of the same table has to make anew too.
///
/// Both plans hold the definition as it was when they were made; whichever is carried out last would undo, or fail on,
/// what the other did.
enum SharedObjectCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        guard let ours = subject.column?.number else { return [] }
        let others = subject.unfinished.flatMap { other in
            other.plan.columns(of: subject.table.oid).map { (other, $0.fingerprint.columnNumber) }
        }
        return others.flatMap { other, number in
            let both: Set = [ours, number]
            guard both.count == 2 else { return [] as [Finding] }
            let indexes = subject.table.indexes.filter { both.isSubset(of: $0.columns) }.map { "index \($0.name)" }
            let triggers = subject.table.triggers
                .filter { both.isSubset(of: $0.columns) && !both.isDisjoint(with: $0.updateOf) }
                .map { "trigger \($0.name)" }
            return (indexes + triggers).map { object in
                .refused(
                    object,
                    "it names \(subject.from) and the column of the change \(other.name) (number \(other.id)), which is "
                        + "not finished",
                    wayOut:
                        "Finish it (online-change advance \(other.id)) or undo it (online-change rollback \(other.id))."
                )
            }
        }
    }
}
