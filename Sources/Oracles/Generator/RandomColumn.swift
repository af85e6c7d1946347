public import Postgres

/// A column of a random table.
public struct RandomColumn: Sendable {
    /// Its name.
    public let name: Identifier
    let type: RandomType
    /// Whether it was declared NOT NULL, alone or as identity.
    public internal(set) var isNotNull = false
    /// Whether the server makes its values.
    var isGenerated = false
    /// Whether only the server may give values.
    var isAlwaysIdentity = false

    /// A conversion that fits its type; nil if there is none.
    public let conversion: RandomConversion?
    /// A value of its type in the server's text form.
    public let sample: String

    init(name: Identifier, type: RandomType, _ random: inout SeededGenerator) {
        self.name = name
        self.type = type
        conversion = type.conversions.isEmpty ? nil : random.pick(type.conversions)
        sample = type.value(&random, 1)
    }

    /// A value as a constant.
    func constant(_ random: inout SeededGenerator, row: Int? = nil) -> SQL {
        "\(literal: type.value(&random, row ?? random.number(1...200)))"
    }
}
