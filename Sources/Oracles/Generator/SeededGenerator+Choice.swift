extension SeededGenerator {
    /// True so many times of a hundred.
    mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &self) < percent
    }

    /// One of some things.
    mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &self)]
    }

    /// A number of a range.
    mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    /// Some of the things in an order of their own: at least one, at most so many.
    mutating func some<Element>(_ choices: [Element], atMost: Int) -> [Element] {
        Array(choices.shuffled(using: &self).prefix(number(1...max(1, min(atMost, choices.count)))))
    }
}
