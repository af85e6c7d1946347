import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

extension Torture {
    /// VACUUM FULL or CLUSTER while the backfill runs: the rows lie elsewhere afterwards, and it starts over. A repack
    /// swaps the table's file as CLUSTER does. No row is missed, whichever recipe it is.
    @Suite(.timeLimit(.minutes(20))) struct RewritingNeighbourTests {
        struct Scene: Sendable, CustomStringConvertible {
            let kind: NeighbourChange.Kind
            let command: SQL

            var description: String { "\(command) in \(kind.rawValue)" }
        }

        private static let scenes = NeighbourChange.Kind.allCases.flatMap { kind in
            (["CLUSTER item USING item_number", "VACUUM FULL item"] as [SQL]).map { Scene(kind: kind, command: $0) }
        }

        @Test func amidTheBackfill() async throws {
            let scenes = Torture.of(part: [Self.scenes[2], Self.scenes[5]], whole: Self.scenes)
            let complaints = try await Torture.scenario("VACUUM FULL, CLUSTER amid the backfill", scenes) { scene in
                try await withDatabase { try await run(scene, $0) }
            }
            #expect(complaints == [])
        }

        private func run(_ scene: Scene, _ parameters: ConnectionParameters) async throws -> [String] {
            let connection = try await Connection.open(parameters)
            try await NeighbourChange.create(connection, rows: 6_000)
            // CLUSTER leaves its mark; that it is there before keeps the comparison to what the change does.
            try await connection.script(["ALTER TABLE item CLUSTER ON item_number"])
            var change = NeighbourChange(kind: scene.kind, parameters: parameters, deadline: 60)
            change.limits = [.maxRate: .at(1_500), .batchTime: .at(0.005)]
            let expected = try await change.expected(connection)
            try await change.start(through: "expand")
            let started = change
            async let backfill: Void = started.start(through: "backfill")
            try await eventually(within: .seconds(60)) {
                let position = try await BackfillPosition.read(connection)
                return position.map { $0.rows > 0 } ?? false
            }
            let before = try await BackfillPosition.read(connection)
            try await connection.script([scene.command])
            _ = try await Control.set(NeighbourChange.name, on: parameters, limits: [.maxRate: .off])
            try await backfill
            var wrong: [String] = []
            let wasAmid = before.map { !$0.isComplete } ?? false
            if wasAmid && !change.events.text.contains("was rewritten meanwhile") {
                wrong.append("not told: \(change.events.text)")
            }
            try await change.advance(through: "drop")
            wrong += try await NeighbourChange.differences(from: expected, connection)
            await connection.close()
            return wrong
        }
    }

    /// DISABLE TRIGGER ALL, writes, ENABLE TRIGGER ALL: the triggers fire again, but not under replication, and what was
    /// written meanwhile is in one column only. No swap comes of that: it names the trigger. ENABLE ALWAYS and
    /// `verify --repair` mend it, and what the old name was given is what both hold.
    @Suite(.timeLimit(.minutes(20))) struct TriggersDisabledTests {
        @Test func disabledAndEnabled() async throws {
            let phases = Torture.of(part: ["backfill"], whole: ["expand", "backfill"])
            let complaints = try await Torture.scenario("DISABLE and ENABLE TRIGGER ALL", phases) { phase in
                try await withDatabase { parameters in
                    let connection = try await Connection.open(parameters)
                    try await NeighbourChange.create(connection)
                    let change = NeighbourChange(kind: .rename, parameters: parameters)
                    try await change.start(through: phase)
                    try await connection.script([
                        "ALTER TABLE item DISABLE TRIGGER ALL", "UPDATE item SET name = 'missed' WHERE id = 7",
                        "ALTER TABLE item ENABLE TRIGGER ALL",
                    ])
                    let refused = await failure { try await change.advance(through: "drop") }
                    var wrong = ExpectedEnding.fails(.refused, "it was dropped or disabled").complaints(
                        "advance",
                        refused
                    )
                    let names: [String] = try await connection.run(
                        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'item'::regclass AND NOT tgisinternal"
                    ).rows.map { try $0["tgname"] }
                    for name in names {
                        try await connection.script(["ALTER TABLE item ENABLE ALWAYS TRIGGER \(Identifier(name))"])
                    }
                    if phase == "backfill" {
                        let touched = await failure { try await change.advance(through: "drop") }
                        wrong += ExpectedEnding.fails(.refused, "touched since the last comparison")
                            .complaints("swap", touched)
                        // Once to mend it, once to find nothing.
                        try await change.verify(repair: true)
                        try await change.verify(repair: true)
                    }
                    try await change.advance(through: "drop")
                    let name: String? = try await connection.value("SELECT full_name FROM item WHERE id = 7")
                    if name != "missed" { wrong.append("the write was lost: \(name ?? "NULL")") }
                    wrong += try await Leftovers.read(connection)
                    await connection.close()
                    return wrong
                }
            }
            #expect(complaints == [])
        }
    }
}
