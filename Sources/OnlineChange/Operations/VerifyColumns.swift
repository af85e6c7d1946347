/// Compares two columns in every row, and mends what differs until a whole pass finds nothing.
public struct VerifyColumns: Operation {
    public static let key = "verify-columns"
    public static let summary = "compares both columns in every row"

    let primary: ArgumentName
    let replica: ArgumentName

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        primary = try fields.argument("primary")
        replica = try fields.argument("replica")
    }

    public func verification(in context: PlanningContext, isSwapped: Bool) throws(Failure) -> Verification? {
        let pair = try context.pair(primary: primary, replica: replica)
        var verification = context.verification(isSwapped ? context.swapped(pair) : pair)
        if isSwapped, let change = context.typeChange, change.backward == nil {
            // Nothing follows any more.
            verification.differs = "false"
            verification.misfit = nil
            verification.lossy = nil
            verification.triggers = []
        }
        return verification
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        let pair = try context.pair(primary: primary, replica: replica)
        return [
            Step(
                title: "compare \(pair.primary) and \(pair.replica) in every row",
                action: .verify(context.verification(pair))
            )
        ]
    }
}
