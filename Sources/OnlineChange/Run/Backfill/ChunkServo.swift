/// Chooses how many blocks the next batch takes, so that a batch lasts as long as it should.
///
/// Pure: samples in, size out. It follows slower batches at once and faster ones by doubling at most.
struct ChunkServo: Hashable, Sendable {
    /// The time that a batch should take, in seconds.
    var target: Double
    /// The most blocks a batch may take.
    let limit: Int
    /// What a batch takes however slow it is, unless it runs out of time: smaller ones would be all round trip and
    /// commit, where these are what takes long.
    let smallest: Int
    private var blocks: Double

    init(target: Double, first: Int = 16, limit: Int = 8192, smallest: Int = 1) {
        self.target = target
        self.limit = limit
        self.smallest = smallest
        blocks = Double(first)
    }

    /// How many blocks to take next.
    var next: Int { min(limit, max(1, Int(blocks))) }

    /// Takes note of a batch that was done.
    mutating func took(_ seconds: Double, blocks done: Int) {
        guard seconds > 0, done > 0 else { return }
        let fitting = Double(done) * target / seconds
        // A batch at the end of a range may be small; it says little about larger ones unless it was slow.
        guard fitting < blocks || 2 * done >= next else { return }
        blocks = fitting < blocks ? max(fitting, min(blocks, Double(smallest))) : min(fitting, blocks * 2)
        blocks = min(Double(limit), max(1, blocks))
    }

    /// Takes note of a batch that ran out of time and did nothing.
    mutating func timedOut() {
        blocks = max(1, blocks / 4)
    }
}
