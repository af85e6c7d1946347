/// One measure over the time that was worked, as inline SVG with its labels in HTML: the picture stretches to any width and
/// the letters keep their size. Pure.
struct ReportChart: Sendable {
    let title: String
    /// What is drawn of a sample; nil where there is nothing to draw.
    let value: @Sendable (Sample) -> Double?
    /// How values are written.
    let text: @Sendable (Double) -> String

    private static let width = 1000.0
    private static let height = 160.0

    /// Fewer make no line.
    private static let fewest = 3

    /// The figure; nil where hardly a sample has a value.
    func markup(_ samples: [Sample]) -> Markup? {
        let values = samples.compactMap(value)
        guard values.count >= Self.fewest, let most = values.max(), samples.reduce(0, { $0 + $1.span }) > 0 else {
            return nil
        }
        let top = most > 0 ? most : 1
        let total = samples.reduce(0) { $0 + $1.span }
        let mean = mean(samples)
        return """
            <figure>
            <figcaption><b>\(title)</b> <span>\(mean.map { "\(text($0)) on the whole, " } ?? "")\(text(most)) at the most</span></figcaption>
            <div class="chart"><span class="top">\(text(top))</span>
            <svg viewBox="0 0 1000 160" preserveAspectRatio="none" role="img" aria-label="\(title) over time">
            \(bands(samples, total))\(lines(samples, total, top))
            </svg></div>
            <div class="axis"><span>0</span><span>\(Seconds.text(total / 2))</span><span>\(Seconds.text(total))</span></div>
            </figure>

            """
    }

    /// Weighed by time.
    private func mean(_ samples: [Sample]) -> Double? {
        let known = samples.compactMap { sample in
            value(sample).map { ($0, sample.worked > 0 ? sample.worked : sample.span) }
        }
        let time = known.reduce(0) { $0 + $1.1 }
        return time > 0 ? known.reduce(0) { $0 + $1.0 * $1.1 } / time : nil
    }

    /// Where something held the work back, and where no runner was at work between two samples.
    private func bands(_ samples: [Sample], _ total: Double) -> [Markup] {
        var bands: [Markup] = []
        var x = 0.0
        var last: Sample?
        for sample in samples {
            let width = sample.span / total * Self.width
            if sample.worked < sample.span / 2, let held = sample.held {
                bands.append(
                    "<rect class=\"held\" x=\"\(Self.number(x))\" y=\"0\" width=\"\(Self.number(width))\" height=\"160\"><title>\(held)</title></rect>"
                )
            }
            if let last, sample.at - last.at > last.span + sample.span + 60 {
                bands.append(
                    "<line class=\"gap\" x1=\"\(Self.number(x))\" x2=\"\(Self.number(x))\" y1=\"0\" y2=\"160\"/>"
                )
            }
            x += width
            last = sample
        }
        return bands
    }

    /// A line for each stretch of samples that have a value, with the area below it.
    private func lines(_ samples: [Sample], _ total: Double, _ top: Double) -> [Markup] {
        var stretches: [[(x: Double, y: Double)]] = [[]]
        var x = 0.0
        for sample in samples {
            let end = x + sample.span / total * Self.width
            if let value = value(sample) {
                let y = Self.height - value / top * (Self.height - 4) - 1
                stretches[stretches.count - 1] += [(x, y), (end, y)]
            } else if stretches.last?.isEmpty == false {
                stretches.append([])
            }
            x = end
        }
        return stretches.filter { !$0.isEmpty }.map { points in
            let path = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
            let area =
                "\(Self.number(points[0].x)),160 \(path) \(Self.number(points[points.count - 1].x)),160"
            return "<polygon class=\"area\" points=\"\(area)\"/><polyline class=\"line\" points=\"\(path)\"/>"
        }
    }

    private static func number(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}

extension ReportChart {
    static let rate = ReportChart(title: "Rows a second", value: { $0.rate }, text: { Count.text(Int($0)) })
    static let batchTime = ReportChart(
        title: "Batch time",
        value: { $0.batchTime },
        text: { "\(Numbers.short($0 * 1000)) ms" }
    )
    static let lagBytes = ReportChart(
        title: "Replication lag, WAL",
        value: { $0.lagBytes.map { Double($0) } },
        text: { Bytes.text(Int($0)) }
    )
    static let lagSeconds = ReportChart(
        title: "Replication lag, time",
        value: { $0.lagSeconds },
        text: { Seconds.text($0) }
    )
    static let all = [rate, batchTime, lagBytes, lagSeconds]
}
