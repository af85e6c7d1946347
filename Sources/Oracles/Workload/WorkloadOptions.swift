/// How a workload's clients behave.
public struct WorkloadOptions: Hashable, Sendable {
    /// How many operations a client starts each second at most; nil for as many as it can.
    public var operationsPerSecond: Double?
    /// Whether clients write NULL now and then.
    public var writesNulls: Bool

    /// Options of a workload.
    public init(operationsPerSecond: Double? = nil, writesNulls: Bool = false) {
        self.operationsPerSecond = operationsPerSecond
        self.writesNulls = writesNulls
    }
}
