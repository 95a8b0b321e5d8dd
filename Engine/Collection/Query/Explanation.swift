/// How a search goes and why: for each segment the rows that it may return, the strategies, their expected costs, and
/// the one that is taken.
public struct Explanation: Sendable {
    public let indexType: IndexType
    public let metric: Metric
    public let limit: Int
    /// Every parameter of the search, defaults included.
    public let parameters: Parameters
    public let filter: String?
    /// What is known of the recall, if a target was asked for.
    public let recall: CalibratedRecall?
    public let segments: [SegmentExplanation]
    /// What the search did; nil if it was only planned.
    public let analysis: Analysis?

    /// What a search found out about itself.
    public struct Analysis: Sendable, Hashable {
        /// Share of the exact answer, found by a scan of all permitted rows, that the search returned; of all queries.
        public let recall: Double
        /// Time of one query, from the first segment to the last.
        public let nanoseconds: Double
        /// Hits that the exact answer has and the search has not.
        public let missingHits: Int
    }
}

/// How one segment is searched.
public struct SegmentExplanation: Sendable {
    public let identifier: UInt64
    public let rows: Int
    public let liveRows: Int
    /// Rows that may be returned: live, and matching the filter and the partitions.
    public let permittedRows: Int
    /// Whether the segment has an index for the field; one without is scanned exactly.
    public let isIndexed: Bool
    public let plan: StrategyPlan
    /// The work that was done for all queries; nil if the search was only planned.
    public let statistics: SearchStatistics?
    /// Measured time of one query; nil if the search was only planned.
    public let nanoseconds: Double?
}
