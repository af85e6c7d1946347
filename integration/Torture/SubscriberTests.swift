import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

extension Torture {
    /// The table is a subscriber's: rows come from a publisher that knows the old name alone, through an apply worker that
    /// fires only triggers that are ENABLE ALWAYS. The subscription must not stop in any phase, and each name must hold
    /// what was published, after a rollback too. Before drop the publisher's table is altered plainly; in the end both are the same.
    @Suite(.timeLimit(.minutes(20))) struct SubscriberTests {
        @Test func tableIsASubscribers() async throws {
            let kinds = Torture.of(part: [.rename], whole: NeighbourChange.Kind.allCases)
            let complaints = try await Torture.scenario("table of a subscriber", kinds) { kind in
                try await withDatabase { publisher in
                    try await withDatabase { subscriber in
                        try await run(kind, from: publisher, to: subscriber)
                    }
                }
            }
            #expect(complaints == [])
        }

        private func run(
            _ kind: NeighbourChange.Kind,
            from publisher: ConnectionParameters,
            to subscriber: ConnectionParameters
        ) async throws -> [String] {
            let (source, target) = (try await Connection.open(publisher), try await Connection.open(subscriber))
            for each in [source, target] { try await NeighbourChange.create(each) }
            let subscription = "items_\(source.announcedBackend)"
            try await subscribe(target, to: source, publisher, subscription)
            let change = NeighbourChange(kind: kind, parameters: subscriber)
            for phase in ["expand", "backfill", "swap", "rollback", "swap", "drop"] {
                let isLast = phase == "drop"
                if isLast { try await deploy(kind, source) }
                if phase == "rollback" {
                    try await change.rollback()
                } else {
                    try await change.start(through: phase)
                }
                try await write(source, name: kind == .rename && isLast ? "full_name" : "name", isLast: isLast)
                try await arrives(kind, in: phase, at: target, from: source)
            }
            try await target.script(["ALTER SUBSCRIPTION \(Identifier(subscription)) DISABLE"])
            try await target.script(["ALTER SUBSCRIPTION \(Identifier(subscription)) SET (slot_name = NONE)"])
            try await target.script(["DROP SUBSCRIPTION \(Identifier(subscription))"])
            try await source.script(["DROP PUBLICATION items"])
            try await eventually {
                try await source.value("SELECT NOT active FROM pg_replication_slots WHERE slot_name = \(subscription)")
            }
            try await source.run("SELECT pg_drop_replication_slot(\(subscription))")
            let wrong = try await NeighbourChange.differences(from: try await DatabaseState.read(source), target)
            await source.close()
            await target.close()
            return wrong
        }

        /// Both are one server's: a slot that the subscription made would wait for the transaction that makes it.
        private func subscribe(
            _ target: Connection,
            to source: Connection,
            _ publisher: ConnectionParameters,
            _ name: String
        ) async throws {
            try await source.script(["CREATE PUBLICATION items FOR TABLE item"])
            try await source.run("SELECT pg_create_logical_replication_slot(\(name), 'pgoutput')")
            try await target.script([
                """
                CREATE SUBSCRIPTION \(Identifier(name)) CONNECTION \(literal: publisher.conninfo ?? "")
                PUBLICATION items WITH (create_slot = false, copy_data = false)
                """
            ])
        }

        /// What an application does at the publisher: rows changed, added and taken away, with NULL among the values while
        /// it may.
        private func write(_ source: Connection, name: Identifier, isLast: Bool) async throws {
            let none: SQL = isLast ? "'end'" : "NULL"
            let city: SQL = isLast ? "'end'" : "CASE WHEN id % 4 > 0 THEN 'city ' || number END"
            try await source.script([
                "UPDATE item SET \(name) = \(name) || '+', number = number + 100000, city = \(city) WHERE id % 3 = 0",
                "DELETE FROM item WHERE id = (SELECT max(id) FROM item)",
                """
                INSERT INTO item (id, \(name), number, city)
                SELECT max(id) + 1, 'new', max(number) + 1, \(none) FROM item
                """,
            ])
        }

        /// The release that knows the new name, the new type, or no NULL.
        private func deploy(_ kind: NeighbourChange.Kind, _ source: Connection) async throws {
            if kind == .addNotNull {
                try await source.script(["UPDATE item SET city = 'nowhere' WHERE city IS NULL"])
            }
            try await source.run("BEGIN")
            try await kind.recipe.plainly(on: source)
            try await source.run("COMMIT")
        }

        /// Waits until each name that counts holds at the subscriber what the publisher has.
        private func arrives(
            _ kind: NeighbourChange.Kind,
            in phase: String,
            at target: Connection,
            from source: Connection
        ) async throws {
            let isLast = kind == .rename && phase == "drop"
            let current: Identifier = isLast ? "full_name" : "name"
            let published: String = try await source.value(rows(current))
            let hasBoth = kind == .rename && ["backfill", "swap"].contains(phase)
            for name in hasBoth ? ["name", "full_name"] : [current] {
                try await eventually { try await target.value(rows(name)) == published }
            }
        }

        /// NULL is what the subscriber's trigger, or its backfill, may have filled.
        private func rows(_ name: Identifier) -> Query {
            """
            SELECT string_agg(format('%s|%s|%s|%s', id, \(name), number, coalesce(city, 'nowhere')), ' ' ORDER BY id)
            FROM item
            """
        }
    }
}
