/// The recall that a search was promised, and what is known of it.
public struct CalibratedRecall: Sendable, Hashable {
    /// The mean recall asked for.
    public let target: Double
    /// Mean recall of the calibration queries.
    public let mean: Double
    /// Holds the mean recall with probability `confidence`.
    public let interval: ClosedRange<Double>
    public let confidence: Double
    /// Held-back rows that were searched for; 0 where the search is exact.
    public let queryCount: Int
}

/// What was found out about one index: the least effort that reaches a recall.
struct RecallContract: Sendable, Hashable {
    /// What a contract is about.
    struct Terms: Sendable, Hashable {
        let segment: UInt64
        let field: Int
        let k: Int
        /// The recall asked for, in millionths.
        let targetMillionths: Int

        var target: Double { Double(targetMillionths) / 1e6 }
    }

    let terms: Terms
    /// Digest of the index that was calibrated.
    let indexDigest: UInt64
    /// Rows of the segment that were deleted then.
    let deletedCount: Int
    /// Position in the effort ladder of the index; nil if no step reaches the target.
    let step: Int?
    let estimate: CalibratedRecall

    /// Whether the contract still speaks of the segment as it is: the same index, and few deletions since.
    func holds(for segment: SealedSegment) -> Bool {
        let deleted = segment.rows.deleted.count
        return segment.record.index(of: terms.field)?.digest == indexDigest
            && abs(deleted - deletedCount) * Self.tolerance <= segment.record.rowCount
    }

    /// Deletions of one row in this many since the calibration leave it in force.
    private static let tolerance = 20
}

extension RecallContract.Terms: Comparable {
    init(segment: UInt64, field: Int, k: Int, target: Double) {
        self.init(segment: segment, field: field, k: k, targetMillionths: Int((target * 1e6).rounded()))
    }

    static func < (left: Self, right: Self) -> Bool {
        (left.segment, left.field, left.k, left.targetMillionths)
            < (right.segment, right.field, right.k, right.targetMillionths)
    }
}
