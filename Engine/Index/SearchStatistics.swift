/// What a search did: the counters that teaching, tests, the regression gate and operations all read.
public struct SearchStatistics: Sendable, Equatable {
    /// Distances computed between a query and a row.
    public internal(set) var distanceComputations = 0
    /// Graph nodes whose links were followed; zero for an exhaustive scan.
    public internal(set) var nodesExpanded = 0
    /// Graph nodes that a walk passed through without a distance, since a filter does not permit them.
    public internal(set) var nodesBridged = 0
    /// Walks that were given up for a scan: they found too little, or cost more than the scan.
    public internal(set) var walksDropped = 0
    /// By what the queries of each segment were answered, where there is a choice.
    public internal(set) var strategies = StrategyCounts()
    /// Blocks read from the disk; zero for an index in memory.
    public internal(set) var diskReads = 0
    /// Bytes of these blocks.
    public internal(set) var diskBytes = 0
    /// Segments that were searched.
    public internal(set) var segmentsSearched = 0
    /// Rows that were alive in those segments.
    public internal(set) var liveRows = 0

    public init() {}

    /// Adds the work of another search.
    public mutating func add(_ other: SearchStatistics) {
        distanceComputations += other.distanceComputations
        nodesExpanded += other.nodesExpanded
        nodesBridged += other.nodesBridged
        walksDropped += other.walksDropped
        strategies.add(other.strategies)
        diskReads += other.diskReads
        diskBytes += other.diskBytes
        segmentsSearched += other.segmentsSearched
        liveRows += other.liveRows
    }
}
