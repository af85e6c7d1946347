/// Chooses how many blocks the next batch takes, so that a batch lasts as long as it should and writes no more WAL than
/// it should.
///
/// Pure: samples in, size out. It follows slower batches at once; faster ones by doubling until one was too slow, and
/// from then on by a half at most.
struct ChunkServo: Hashable, Sendable {
    /// What one batch gave.
    struct Sample: Hashable, Sendable {
        /// How long it took, its commit included: so long its rows are locked.
        var seconds: Double
        /// How long of it the commit and the way to the server took, which a smaller batch would not shorten.
        var commit = 0.0
        /// What it has done.
        var blocks: Int
        var rows = 0
        /// Bytes of WAL.
        var wal = 0
    }

    /// The time that a batch should take, in seconds.
    var target: Double
    /// The bytes of WAL that it should write at the most; nil for any.
    var walTarget: Double?
    /// The rows that it should write at the most; nil for any.
    var rowTarget: Double?
    /// The most blocks a batch may take.
    let limit: Int
    /// What a batch takes however slow it is, unless it runs out of time: smaller ones would be all round trip and
    /// commit, where these are what takes long.
    let smallest: Int
    private var blocks: Double
    private var rowsPerBlock = 0.0
    private var hasOvershot = false

    init(target: Double, first: Int = 16, limit: Int = 8192, smallest: Int = 1) {
        self.target = target
        self.limit = limit
        self.smallest = smallest
        blocks = Double(first)
    }

    /// How many blocks to take next.
    var next: Int {
        let fitting = rowTarget.map { rowsPerBlock > 0 ? min(blocks, $0 / rowsPerBlock) : blocks } ?? blocks
        return min(limit, max(1, Int(fitting)))
    }

    /// Takes note of a batch that was done.
    mutating func took(_ seconds: Double, blocks done: Int) {
        took(Sample(seconds: seconds, blocks: done))
    }

    /// Takes note of a batch that was done.
    mutating func took(_ sample: Sample) {
        guard sample.seconds > 0, sample.blocks > 0 else { return }
        rowsPerBlock = Double(sample.rows) / Double(sample.blocks)
        let fitting = Double(sample.blocks) * share(sample)
        // A small batch, at the end of a range or chosen before the size grew, says little about larger ones unless it
        // was slow.
        guard fitting < blocks || 2 * sample.blocks >= next else { return }
        if fitting < blocks {
            hasOvershot = true
            blocks = max(fitting, min(blocks, Double(smallest)))
        } else if rowTarget == nil || next >= Int(blocks) {
            blocks = min(fitting, blocks * (hasOvershot ? 1.5 : 2))
        }
        blocks = min(Double(limit), max(1, blocks))
    }

    /// Takes note of a batch that ran out of time and did nothing.
    mutating func timedOut() {
        hasOvershot = true
        blocks = max(1, blocks / 4)
    }

    /// By what a batch like this one would have to be multiplied to be right.
    private func share(_ sample: Sample) -> Double {
        let commit = min(max(0, sample.commit), sample.seconds)
        // Where commits alone take the whole time, batches of next to nothing would help nobody.
        let room = max(target - commit, target / 4)
        let byTime = room / max(sample.seconds - commit, sample.seconds / 1000)
        guard let walTarget, sample.wal > 0 else { return byTime }
        return min(byTime, walTarget / Double(sample.wal))
    }
}

extension ChunkServo {
    /// Takes the targets that the limits give.
    ///
    /// - Parameter budget: the longest that a batch may take, in seconds.
    mutating func aim(_ limits: Limits, budget: Double) {
        target = min(limits.batchTime, budget / 2)
        walTarget = limits[.batchWAL].number
        // Half a second's rows, so that the pauses between batches are short.
        rowTarget = limits[.maxRate].number.map { $0 / 2 }
    }
}
