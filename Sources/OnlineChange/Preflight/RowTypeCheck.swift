/// Objects that use the table's row type and change their meaning when it gets one more column.
enum RowTypeCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        subject.table.rowTypeUsers.map { user in
            .acknowledge(
                user.object,
                "it uses the row type of \(subject.table.name), which has one more column until drop",
                wayOut: "See that it names its columns and doesn't take a row apart by position"
            )
        }
            + subject.table.routines.filter { $0.isTriggerFunction && $0.expandsRow }.map { routine in
                .acknowledge(
                    "function \(routine.identity)",
                    "it is a trigger of \(subject.table.name) and takes its row apart with OLD.* or NEW.*, which has one "
                        + "more column until drop",
                    wayOut: "Have it name its columns"
                )
            }
    }
}
