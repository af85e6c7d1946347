/// The hooks that wait to be run, in order. Pure.
///
/// It can't grow with the time that a hook takes: of those that tell where something stands (held back or going on,
/// connected or not) only the newest waits.
struct HookQueue<Call> {
    private var waiting: [(name: HookName, call: Call)] = []

    /// Adds a call, and takes away what it makes out of date.
    mutating func add(_ name: HookName, _ call: Call) {
        if let topic = name.topic { waiting.removeAll { $0.name.topic == topic } }
        waiting.append((name, call))
    }

    /// Takes the one that is due.
    mutating func next() -> (name: HookName, call: Call)? {
        waiting.isEmpty ? nil : waiting.removeFirst()
    }
}
