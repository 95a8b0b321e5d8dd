/// What a search did: the counters that teaching, tests, the regression gate and operations all read.
public struct SearchStatistics: Sendable, Equatable {
    /// Distances computed between a query and a row.
    public internal(set) var distanceComputations = 0
    /// Graph nodes whose links were followed; zero for an exhaustive scan.
    public internal(set) var nodesExpanded = 0
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
        diskReads += other.diskReads
        diskBytes += other.diskBytes
        segmentsSearched += other.segmentsSearched
        liveRows += other.liveRows
    }
}
