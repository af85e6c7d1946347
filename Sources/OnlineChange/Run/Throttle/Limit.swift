import Foundation

/// What a limit is set to.
public enum Limit: Hashable, Sendable {
    /// Nothing is looked at.
    case off
    /// In the unit of the limit: bytes, seconds, or a count.
    case at(Double)
    /// A part of something else that the limit names, 0.3 for 30 %.
    case share(Double)

    /// The number; nil if it is off or a share.
    var number: Double? {
        if case .at(let number) = self { number } else { nil }
    }

    /// The bound where a share is one of `whole`; nil if it is off.
    func bound(of whole: Double) -> Double? {
        switch self {
        case .off: nil
        case .at(let number): number
        case .share(let share): share * whole
        }
    }
}

extension Limit: Codable {
    /// A number, `"off"` or `"30%"`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
            self = .at(number)
            return
        }
        let text = try container.decode(String.self)
        if text == "off" {
            self = .off
        } else if text.hasSuffix("%"), let percent = Double(text.dropLast()) {
            self = .share(percent / 100)
        } else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no limit")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .off: try container.encode("off")
        case .at(let number): try container.encode(number)
        case .share(let share): try container.encode(Numbers.short(share * 100) + "%")
        }
    }
}

/// In what a limit is measured, and how people write it.
public enum LimitUnit: Hashable, Sendable {
    /// Milliseconds where no unit is given; kept in seconds.
    case milliseconds
    /// `30s`, `10m`, `2h`; seconds where no unit is given.
    case seconds
    /// `512kB`, `64MB`, `4GB`; megabytes where no unit is given.
    case bytes
    /// A whole number.
    case count
    /// `30%`.
    case percent

    /// What stands for the value in a usage text.
    public var placeholder: String {
        switch self {
        case .milliseconds: "ms"
        case .seconds: "duration"
        case .bytes: "MB"
        case .count: "n"
        case .percent: "%"
        }
    }

    /// Reads a value as people write it; nil if it is none.
    func parse(_ text: String) -> Limit? {
        if self == .percent || text.hasSuffix("%") {
            let digits = text.hasSuffix("%") ? text.dropLast() : text[...]
            guard self == .percent || self == .count else { return nil }
            return Self.number(digits).map { .share($0 / 100) }
        }
        let factors: [(String, Double)] =
            switch self {
            case .milliseconds: [("ms", 0.001), ("s", 1), ("", 0.001)]
            case .seconds: [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400), ("", 1)]
            case .bytes:
                [
                    ("kB", 1024), ("MB", 1_048_576), ("GB", 1_073_741_824), ("TB", 1_099_511_627_776),
                    ("", 1_048_576),
                ]
            case .count, .percent: [("", 1)]
            }
        for (suffix, factor) in factors where text.lowercased().hasSuffix(suffix.lowercased()) {
            guard let number = Self.number(text.dropLast(suffix.count)) else { continue }
            guard self != .count || number == number.rounded() else { return nil }
            return .at(number * factor)
        }
        return nil
    }

    /// A value as people read it.
    func text(_ number: Double) -> String {
        switch self {
        case .milliseconds: "\(Numbers.short(number * 1000)) ms"
        case .seconds: Seconds.text(number)
        case .bytes: Bytes.text(Int(number))
        case .count: Count.text(Int(number))
        case .percent: "\(Numbers.short(number * 100)) %"
        }
    }

    private static func number(_ text: some StringProtocol) -> Double? {
        guard text.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }), let number = Double(text), number < 1e15
        else { return nil }
        return number
    }
}

/// Numbers with one decimal where they have any.
enum Numbers {
    /// `25`, `2.5`.
    static func short(_ number: Double) -> String {
        let rounded = (number * 10).rounded() / 10
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }
}
