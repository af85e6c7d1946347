import Postgres

/// One column of a change: the one that it is about, or one that goes along with it.
public struct PlannedColumn: Codable, Hashable, Sendable {
    /// Its table, as it was called when the plan was made.
    public var table: QualifiedName
    /// The table's oid.
    public var tableOID: UInt32
    /// What the column and the one added beside it are called.
    public var names: ColumnNames
    /// What the table looked like.
    public var fingerprint: Fingerprint
    /// The triggers that keep the two equal.
    public var dualWrite: DualWrite?
    /// The trigger that fills NULLs.
    public var fill: FillTrigger?
    /// The comparison before swap.
    public var verification: Verification
    /// The same from swap on.
    public var verificationAfterSwap: Verification

    /// Triggers of ours that must stand from expand on.
    var triggerNames: [Identifier] { (dualWrite?.triggerNames ?? []) + (fill.map { [$0.name] } ?? []) }

    /// What removes the objects that we keep outside of the table.
    var cleanup: [SQL] { (dualWrite?.cleanup ?? []) + (fill?.cleanup ?? []) }

    /// Names of columns that the change works on or that its triggers read.
    var namesInUse: [Identifier] { names.all + (fill?.expression.reads ?? []) }

    /// The comparison in the direction that holds.
    func verification(isSwapped: Bool) -> Verification { isSwapped ? verificationAfterSwap : verification }
}

extension Plan {
    /// All columns of the change, the one that it is about first: steps say by its place here which one is theirs.
    public var columns: [PlannedColumn] {
        [
            PlannedColumn(
                table: table,
                tableOID: tableOID,
                names: names,
                fingerprint: fingerprint,
                dualWrite: dualWrite,
                fill: fill,
                verification: verification,
                verificationAfterSwap: verificationAfterSwap
            )
        ] + companions
    }

    /// Its columns of one table.
    func columns(of oid: UInt32) -> [PlannedColumn] { columns.filter { $0.tableOID == oid } }

    /// Names of columns of a table that the change works on or that its triggers read.
    func namesInUse(in oid: UInt32) -> [Identifier] { columns(of: oid).flatMap(\.namesInUse) }
}
