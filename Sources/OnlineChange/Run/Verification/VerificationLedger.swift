import Foundation
import Postgres

/// How far a pass is, in the ledger: one that is killed goes on where it was.
struct VerificationLedger: Sendable {
    let context: RunContext
    /// What is compared and whether it is mended: a pass goes on only with the same.
    let comparing: String

    init(context: RunContext, verification: Verification, repairs: Bool) {
        self.context = context
        let conditions = [verification.differs, verification.misfit, verification.lossy].compactMap { $0?.text }
        comparing = (conditions + [repairs ? "mended" : "counted"]).joined(separator: "\n")
    }

    /// A relation as a pass finds it.
    struct Part: Sendable {
        let relation: HeapRelation
        /// Its triggers' rows: whatever was compared before they were touched counts no more.
        let marks: String
    }

    /// What is left of a relation: from where a pass that was killed had stopped, or all of it.
    ///
    /// Up to the size that the heap had when the pass began: later rows were written by statements that the triggers
    /// saw, and rows that a write has moved there were healed by it.
    func begin(_ part: Part) async throws -> VerificationExtent {
        let known = try await context.session.run(
            """
            SELECT extent::text AS extent FROM online_change.verified_part
            WHERE change_id = \(context.change.id) AND relation = \(part.relation.oid)::oid
              AND filenode = \(part.relation.filenode)::oid AND marks = \(part.marks) AND comparing = \(comparing)
            """
        ).rows.first
        guard let known else { return VerificationExtent(blocks: part.relation.blocks) }
        return try JSONDecoder().decode(VerificationExtent.self, from: Data((try known["extent"] as String).utf8))
    }

    /// Writes down how far it is.
    func note(_ part: Part, _ extent: VerificationExtent) async throws {
        let document = String(decoding: try JSONEncoder().encode(extent), as: UTF8.self)
        try await context.session.run(
            """
            INSERT INTO online_change.verified_part (change_id, relation, filenode, marks, comparing, extent)
            SELECT c.id, \(part.relation.oid)::oid, \(part.relation.filenode)::oid, \(part.marks), \(comparing),
                   \(document)::jsonb
            FROM online_change.change c WHERE c.id = \(context.change.id) AND c.epoch = \(context.epoch)
            ON CONFLICT (change_id, relation) DO UPDATE SET filenode = excluded.filenode, marks = excluded.marks,
              comparing = excluded.comparing, extent = excluded.extent
            """
        )
    }

    /// Writes the outcome of a whole pass down; the next one begins at the beginning.
    func end(_ result: VerificationResult, begun: String, marks: String, unfit: Int) async throws {
        try await context.session.run(
            """
            WITH ended AS (DELETE FROM online_change.verified_part WHERE change_id = \(context.change.id))
            INSERT INTO online_change.verification
              (change_id, place, begun_at, rows, differences, repaired, unfit, triggers, horizon)
            VALUES (\(context.change.id), \(context.place), \(begun)::timestamptz, \(result.rows), \(result.differences),
                    \(result.repaired), \(unfit), \(marks), pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
            """
        )
    }
}
