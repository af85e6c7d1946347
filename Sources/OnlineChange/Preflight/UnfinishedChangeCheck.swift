/// Other changes that are under way on the same columns.
enum UnfinishedChangeCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        subject.unfinished.compactMap { other in
            let theirs = other.plan.namesInUse(in: subject.table.oid)
            guard let shared = subject.names.all.first(where: theirs.contains) else { return nil }
            return .refused(
                "column \(subject.table.name).\(shared)",
                "the change \(other.name) (number \(other.id)) works on it and is not finished",
                wayOut: "Finish it (online-change advance \(other.id)) or undo it (online-change rollback \(other.id))."
            )
        }
    }
}
