/// Rows that a search reads: one growing or sealed segment as it was at one moment. Read only and thread-safe.
protocol Segment: Sendable {
    var identifier: UInt64 { get }
    var rows: LiveRows { get }

    /// When the rows were written.
    var times: WriteTimes { get }

    /// Number of the partition that all rows belong to; nil if they belong to several.
    var partition: UInt32? { get }

    /// The `k` nearest permitted rows of each query by the vector field at `field` of the schema.
    ///
    /// - Parameter permitted: live rows of the segment; nil permits every row, deleted ones too.
    func search(
        field: Int, _ queries: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet?,
        statistics: inout SearchStatistics
    ) throws -> [[Neighbor]]

    /// The same by comparing the vectors themselves, whatever index there is: exact, and complete for any `k`.
    func exactSearch(
        field: Int, _ queries: QueryBlock, k: Int, permitted: RowSet?, statistics: inout SearchStatistics
    ) throws -> [[Neighbor]]

    /// Keeps what filters permit; nil for a segment that still takes rows.
    var filterCache: FilterCache? { get }

    /// The scalar values of all rows, deleted ones included, in consecutive blocks.
    func scalarBlocks() throws -> [ScalarBlock]

    /// The rows that belong to any of the partitions, deleted ones included; nil if all do.
    func rows(of partitions: Set<UInt32>) -> RowSet?

    /// What BM25 needs to know of the documents of a sparse field for these queries, deleted ones included.
    ///
    /// - Parameter permitted: the documents that count, as `rows(of:)` gives them; nil for all.
    func bm25Statistics(field: Int, for queries: [SparseVector], permitted: RowSet?) throws -> BM25Statistics

    /// The live row that has the key.
    func row(of key: PrimaryKey) -> Int?

    func key(at row: Int) -> PrimaryKey

    /// The value of the field at `field` of the schema.
    func value(field: Int, row: Int) throws -> Value
}

extension Segment {
    var filterCache: FilterCache? { nil }
}
