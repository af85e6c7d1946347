import Foundation

/// What a change's limits are set to; what isn't set is at its default. One JSON object in the ledger.
public struct Limits: Hashable, Sendable {
    private var values: [LimitName: Limit]
    /// A query that holds the backfill back while it gives true or a number above zero; empty to take one away.
    public var throttleQuery: String?
    /// The hours in which the backfill works; nil where nothing was said.
    public var hours: Hours?

    /// Limits with the defaults for what is not given.
    public init(_ values: [LimitName: Limit] = [:], throttleQuery: String? = nil, hours: Hours? = nil) {
        self.values = values
        self.throttleQuery = throttleQuery
        self.hours = hours
    }

    /// A limit as it is set, or its default.
    public subscript(name: LimitName) -> Limit {
        get { values[name] ?? name.standard }
        set { values[name] = newValue }
    }

    /// Whether nothing is set.
    public var isEmpty: Bool { values.isEmpty && throttleQuery == nil && hours == nil }

    /// The query that is to be asked; nil if there is none.
    public var probe: String? { throttleQuery.flatMap { $0.isEmpty ? nil : $0 } }

    /// The time that a batch should take, in seconds.
    public var batchTime: Double { self[.batchTime].number ?? 0.025 }

    /// How many batches run at once; nil for as many as suit the server.
    public var workers: Int? { self[.workers].number.map { Int($0) } }

    /// The options that set limits, by their names on command lines and in change files.
    static let optionNames = LimitName.allCases.map(\.rawValue) + [hoursKey, queryKey]

    /// Sets one as people write it.
    ///
    /// - Throws: `Failure.usage` if it is none, or the value doesn't fit.
    public mutating func set(_ option: String, to text: String) throws(Failure) {
        switch option {
        case Self.hoursKey:
            guard let hours = Hours(text) else {
                throw Failure(.usage, "--only takes hours such as 22:00-06:00, a time zone behind them, or off")
            }
            self.hours = hours
        case Self.queryKey:
            throttleQuery = ["off", "default"].contains(text) ? "" : text
        default:
            guard let name = LimitName(rawValue: option) else {
                throw Failure(.usage, "there is no option '\(option)'")
            }
            self[name] = try name.parse(text)
        }
    }

    /// The limits that are not at their defaults, in the order of their names, in words.
    public var differing: [String] {
        var texts = LimitName.allCases.compactMap { name in
            self[name] == name.standard ? nil : "\(name.rawValue) \(name.text(self[name]))"
        }
        if let hours, hours != .always { texts.append("only \(hours.text)") }
        if let probe { texts.append("throttle-query \(probe)") }
        return texts
    }

    /// What is set, in words for the audit trail.
    public var text: String {
        var texts = LimitName.allCases.compactMap { name in
            values[name].map { "\(name.rawValue) \(name.text($0))" }
        }
        if let hours { texts.append("only \(hours.text)") }
        if let throttleQuery { texts.append("throttle-query \(throttleQuery.isEmpty ? "off" : throttleQuery)") }
        return texts.joined(separator: ", ")
    }
}

extension Limits: ExpressibleByDictionaryLiteral {
    /// Milliseconds, bytes and so on as the name's unit is kept: seconds, bytes, counts.
    public init(dictionaryLiteral elements: (LimitName, Limit)...) {
        self.init(Dictionary(elements) { _, last in last })
    }
}

extension Limits: Codable {
    private struct Field: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ text: String) { stringValue = text }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    fileprivate static let queryKey = "throttle-query"
    fileprivate static let hoursKey = "only"

    public init(from decoder: any Decoder) throws {
        self.init([:])
        let container = try decoder.container(keyedBy: Field.self)
        for key in container.allKeys {
            switch key.stringValue {
            case Self.queryKey: throttleQuery = try container.decode(String.self, forKey: key)
            case Self.hoursKey: hours = try container.decode(Hours.self, forKey: key)
            default:
                // A limit that this version can't keep must not be taken for none.
                guard let name = LimitName(rawValue: key.stringValue) else {
                    throw DecodingError.dataCorruptedError(
                        forKey: key,
                        in: container,
                        debugDescription: "the ledger has a limit that this version does not know"
                    )
                }
                values[name] = try container.decode(Limit.self, forKey: key)
            }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Field.self)
        for (name, limit) in values { try container.encode(limit, forKey: Field(name.rawValue)) }
        try container.encodeIfPresent(throttleQuery, forKey: Field(Self.queryKey))
        try container.encodeIfPresent(hours, forKey: Field(Self.hoursKey))
    }

    /// As the ledger stores it.
    var json: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }
}
