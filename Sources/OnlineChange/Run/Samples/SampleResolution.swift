/// How finely the past is kept: the last minutes by the second, older times in ever longer parts. Pure.
///
/// A ring of slots for each: a part of time has its slot by its number, and takes the place of what was there a whole round
/// ago. So there is nothing to thin out, and never more than `most` rows of an activity, however long it lasts.
struct SampleResolution: Hashable, Sendable {
    /// How long a part is.
    let seconds: Int
    /// How many are kept.
    let slots: Int

    /// From the finest to the coarsest: nearly two minutes, a quarter of an hour, three hours, a day, a month.
    static let all = [
        SampleResolution(seconds: 1, slots: 100),
        SampleResolution(seconds: 10, slots: 90),
        SampleResolution(seconds: 120, slots: 90),
        SampleResolution(seconds: 600, slots: 144),
        SampleResolution(seconds: 14400, slots: 192),
    ]

    /// Rows of all of them together.
    static let most = all.reduce(0) { $0 + $1.slots }

    /// The number of the part in which a time lies, in seconds since 1970.
    func part(at time: Double) -> Int { Int((time / Double(seconds)).rounded(.down)) }

    /// Where the part that holds a time has its place.
    func slot(at time: Double) -> Int { part(at: time) % slots }

    /// When the part that holds a time ends.
    func end(at time: Double) -> Double { Double((part(at: time) + 1) * seconds) }
}

/// Samples of one activity through all of its time, each as fine as it is kept. Pure.
enum SampleSeries {
    /// Puts the resolutions together: where two have the same time, the finer one.
    static func joined(_ samples: [SampleResolution: [Sample]]) -> [Sample] {
        var series: [Sample] = []
        for resolution in SampleResolution.all {
            let coarser = (samples[resolution] ?? []).sorted { $0.at < $1.at }
            guard let begin = series.first?.at else {
                series = coarser
                continue
            }
            let older = coarser.filter { $0.at < begin }
            guard let last = older.last else { continue }
            let end = resolution.end(at: last.at)
            series = older + series.filter { $0.at >= end }
        }
        return series
    }
}
