/// What is looked at wherever a column is added beside another.
enum AddedColumn {
    static let checks: [any PreflightCheck.Type] = [
        CopiedColumnCheck.self, TargetNameCheck.self, RowWidthCheck.self, PublicationCheck.self, RowTypeCheck.self,
        WholeRowCheck.self, WiderTableCheck.self,
    ]
}

/// What applications notice of one more column, though nothing of it is an error.
enum WiderTableCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        [
            .note(
                "table \(subject.table.name)",
                "until drop it has one column more: SELECT *, COPY without a column list and INSERT without one see it, "
                    + "and a prepared SELECT * fails once with 'cached plan must not change result type'"
            )
        ]
    }
}
