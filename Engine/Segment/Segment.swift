/// Rows that a search reads: one growing or sealed segment as it was at one moment. Read only and thread-safe.
protocol Segment: Sendable {
    var identifier: UInt64 { get }
    var rows: LiveRows { get }

    /// Number of the partition that all rows belong to; nil if they belong to several.
    var partition: UInt32? { get }

    /// The `k` nearest permitted rows of each query by the vector field at `field` of the schema.
    ///
    /// - Parameter permitted: live rows of the segment; nil permits every row, deleted ones too.
    func search(
        field: Int, _ queries: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet?,
        statistics: inout SearchStatistics
    ) throws -> [[Neighbor]]

    /// The same by comparing every permitted row; where only an index has the rows, the best that it can.
    func searchExactly(field: Int, _ queries: QueryBlock, k: Int, permitted: RowSet?) throws -> [[Neighbor]]

    /// The scalar values of all rows, deleted ones included, in consecutive blocks.
    func scalarBlocks() throws -> [ScalarBlock]

    /// Keeps what filters permit; nil for a segment that still takes rows.
    var filterCache: FilterCache? { get }

    /// What BM25 needs to know of the documents of a sparse field for these queries, deleted ones included.
    func bm25Statistics(field: Int, for queries: [SparseVector]) throws -> BM25Statistics

    /// The live row that has the key.
    func row(of key: PrimaryKey) -> Int?

    func key(at row: Int) -> PrimaryKey

    /// The value of the field at `field` of the schema.
    func value(field: Int, row: Int) throws -> Value
}

extension Segment {
    var filterCache: FilterCache? { nil }

    /// Of a segment that is always scanned.
    func searchExactly(field: Int, _ queries: QueryBlock, k: Int, permitted: RowSet?) throws -> [[Neighbor]] {
        var statistics = SearchStatistics()
        return try search(
            field: field, queries, k: k, parameters: [:], permitted: permitted, statistics: &statistics)
    }
}
