/// The hours of the day in which a backfill works: `22:00-06:00`, or `22:00-06:00 Europe/Berlin`.
public struct Hours: Hashable, Sendable {
    /// Minutes of the day; the end is outside.
    public let start: Int
    public let end: Int
    /// The name of the time zone; nil for the server's.
    public let zone: String?

    /// The whole day: what `--only off` sets.
    public static let always = Hours(start: 0, end: 24 * 60, zone: nil)

    private init(start: Int, end: Int, zone: String?) {
        self.start = start
        self.end = end
        self.zone = zone
    }

    /// Reads `22:00-06:00`, a time zone behind it or none, or `off`; nil if it is none of these.
    public init?(_ text: String) {
        if text == "off" || text == "default" {
            self = .always
            return
        }
        let parts = text.split(separator: " ", maxSplits: 1)
        let ends = (parts.first ?? "").split(separator: "-", omittingEmptySubsequences: false).map(Self.minutes)
        guard ends.count == 2, let start = ends[0], let end = ends[1], start != end, start < 24 * 60 else { return nil }
        self.init(start: start, end: end, zone: parts.count == 2 ? String(parts[1]) : nil)
    }

    /// Whether a minute of the day lies within them; they may go over midnight.
    func contains(_ minute: Int) -> Bool {
        start < end ? (start..<end).contains(minute) : minute >= start || minute < end
    }

    /// `22:00-06:00 Europe/Berlin`.
    public var text: String {
        if self == .always { return "off" }
        return "\(Self.clock(start))-\(Self.clock(end))" + (zone.map { " \($0)" } ?? "")
    }

    /// `07:05`.
    static func clock(_ minute: Int) -> String {
        let digits = { (number: Int) in (number < 10 ? "0" : "") + String(number) }
        return "\(digits(minute / 60)):\(digits(minute % 60))"
    }

    private static func minutes(_ text: some StringProtocol) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, text.allSatisfy({ $0 == ":" || $0.isASCII && $0.isNumber }),
            (1...2).contains(parts[0].count), parts[1].count == 2, let hour = UInt(parts[0]),
            let minute = UInt(parts[1]), minute < 60, hour < 24 || hour == 24 && minute == 0
        else { return nil }
        return Int(hour * 60 + minute)
    }
}

extension Hours: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let hours = Hours(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' are no hours")
        }
        self = hours
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
