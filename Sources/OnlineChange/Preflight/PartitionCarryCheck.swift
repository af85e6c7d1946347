/// What partitions have of their own on a column, and can't be carried to another yet; foreign keys of partitioned tables.
enum PartitionCarryCheck: PreflightCheck {
    static func findings(_ subject: PreflightSubject) -> [Finding] {
        findings(subject.obstacles, column: "\(subject.table.name).\(subject.from)")
    }

    /// The same for a table whose change goes on.
    static func findings(_ obstacles: [PartitionObstacle], column: String) -> [Finding] {
        obstacles.map { obstacle in
            let (message, wayOut) =
                switch obstacle.kind {
                case .own:
                    (
                        "it is a partition's own and depends on column \(column): only what all partitions have from their "
                            + "table is carried",
                        "Drop it, and create it again after swap; or create it on the partitioned table."
                    )
                case .notNull:
                    (
                        "the partition's column is NOT NULL, and that of the table isn't",
                        "Make the table's column NOT NULL first (online-change add-not-null), or drop NOT NULL on the partition "
                            + "until the change is finished."
                    )
                case .defaultValue:
                    (
                        "the partition's column has a default that isn't the table's",
                        "Give it the table's default, or none, until the change is finished."
                    )
                case .incomplete:
                    (
                        "not every partition has its part of it",
                        "Build what is missing and attach it (ALTER INDEX … ATTACH PARTITION), or drop it."
                    )
                case .unlike:
                    (
                        "its storage parameters, tablespace, order or column names aren't those of the index that it is a part of, or a "
                            + "key has the first two for later partitions",
                        "Build it anew without them until the change is finished."
                    )
                case .foreignKey:
                    (
                        "one of its tables is partitioned, and the server proves such a foreign key only while both are locked "
                            + "against writing, or leaves parts of it marked NOT VALID",
                        "Drop it, and add it again after drop in a quiet moment."
                    )
                }
            return .refused(obstacle.object, message, wayOut: wayOut)
        }
    }
}
