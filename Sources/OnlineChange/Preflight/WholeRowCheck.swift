/// Indexes and checks that read the row as a whole, and read something else once it has one more column.
enum WholeRowCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        subject.table.wholeRowReaders.map { reader in
            .refused(
                reader,
                "it reads whole rows of \(subject.table.name), which have one more column until drop: a check may fail "
                    + "the application's writes, and an index no longer finds its rows",
                wayOut: "Have it name the columns that it means."
            )
        }
    }
}
