import Foundation
import Testing

@testable import OnlineChange

struct LimitsTests {
    @Test(
        arguments: [
            (.batchTime, "50", .at(0.05)), (.batchTime, "50ms", .at(0.05)), (.batchTime, "1s", .at(1)),
            (.lag, "64", .at(67_108_864)), (.lag, "512kB", .at(524_288)), (.lag, "1.5GB", .at(1_610_612_736)),
            (.lag, "off", .off), (.lag, "default", .at(67_108_864)), (.lagTime, "30", .at(30)),
            (.lagTime, "2m", .at(120)), (.snapshotAge, "6h", .at(21600)), (.activeBackends, "40", .at(40)),
            (.activeBackends, "75%", .share(0.75)), (.growth, "30%", .share(0.3)), (.growth, "30", .share(0.3)),
            (.lockWaiters, "0", .at(0)), (.maxRate, "1000", .at(1000)), (.workers, "4", .at(4)),
        ] as [(LimitName, String, Limit)]
    )
    func parsed(name: LimitName, text: String, expected: Limit) throws {
        #expect(try name.parse(text) == expected)
    }

    @Test(
        arguments: [
            (.batchTime, "0"), (.batchTime, "off"), (.batchTime, "11s"), (.workers, "65"), (.workers, "off"),
            (.workers, "1.5"), (.lag, "0"), (.lag, "-1"), (.lag, "12 apples"), (.lag, ""), (.lag, "30%"),
            (.maxRate, "0"), (.growth, "-30%"), (.activeBackends, "0%"), (.lagTime, "nan"), (.lag, "1e9"),
        ] as [(LimitName, String)]
    )
    func refused(name: LimitName, text: String) {
        let failure = #expect(throws: Failure.self) { try name.parse(text) }
        #expect(failure?.kind == .usage)
        #expect(failure?.message.hasPrefix("--\(name.rawValue) takes ") == true)
    }

    @Test("What the ledger stores is what was set, and comes back as it was")
    func stored() throws {
        let limits = Limits(
            [.lag: .off, .growth: .share(0.3), .batchTime: .at(0.05)],
            throttleQuery: "SELECT 1",
            hours: Hours("22:00-06:00 Europe/Berlin")
        )
        let json = try limits.json
        #expect(try JSONDecoder().decode(Limits.self, from: Data(json.utf8)) == limits)
        let object = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(object["lag-limit"] as? String == "off")
        #expect(object["max-bloat"] as? String == "30%")
        #expect(object["batch-time"] as? Double == 0.05)
        #expect(object["only"] as? String == "22:00-06:00 Europe/Berlin")
        #expect(object.count == 5)
        #expect(try Limits([:]).json == "{}")
    }

    @Test("A limit that this version doesn't know is not taken for none")
    func unknown() {
        for text in [#"{"max-noise": 3}"#, #"{"lag-limit": "much"}"#, #"{"only": "noon"}"#] {
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(Limits.self, from: Data(text.utf8)) }
        }
    }

    @Test("Shown is what differs from the defaults")
    func differing() {
        #expect(Limits([:]).differing.isEmpty)
        var limits: Limits = [.lag: LimitName.lag.standard, .workers: .at(4), .slotWAL: .off]
        limits.throttleQuery = ""
        limits.hours = .always
        #expect(limits.differing == ["workers 4", "slot-limit off"])
        #expect(limits.text == "workers 4, lag-limit 64.0 MB, slot-limit off, only off, throttle-query off")
    }

    @Test("A limit's own default is one that can be given")
    func defaults() throws {
        for name in LimitName.allCases {
            #expect(try name.parse("default") == name.standard)
            #expect(name.canBeOff || name.standard != .off || name == .workers)
        }
    }

    @Test("As many workers as the server lets one query have, four at the most")
    func workers() {
        for (allowed, expected) in [(0, 1), (1, 1), (2, 2), (8, 4)] {
            var facts = Fixture.facts
            facts.parallelWorkers = allowed
            #expect(facts.suitedWorkers == expected)
        }
        #expect(Limits([:]).workers == nil)
        #expect(Limits([.workers: .at(7)]).workers == 7)
    }

    @Test("Hours may go over midnight, and end where they end")
    func hours() throws {
        let night = try #require(Hours("22:00-06:00"))
        #expect(
            [21 * 60 + 59, 22 * 60, 0, 5 * 60 + 59, 6 * 60].map(night.contains) == [false, true, true, true, false]
        )
        let day = try #require(Hours("9:30-24:00"))
        #expect([9 * 60 + 29, 9 * 60 + 30, 23 * 60 + 59, 0].map(day.contains) == [false, true, true, false])
        #expect(day.text == "09:30-24:00")
        #expect(Hours("22:00-06:00 Europe/Berlin")?.zone == "Europe/Berlin")
        #expect(Hours("off") == .always)
    }

    @Test(arguments: [
        "", "22:00", "22-06", "22:00-22:00", "25:00-26:00", "22:60-23:00", "22:00-06:00-07:00", "24:00-06:00",
        "a:bc-d:ef", "+1:00-2:00",
    ])
    func noHours(text: String) {
        #expect(Hours(text) == nil)
    }
}
