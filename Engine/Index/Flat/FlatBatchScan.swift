/// Exact search of many queries at once: inner products of panels of queries with blocks of rows pick the
/// candidates, and the pair kernel computes the distances of those. The result is, bit by bit, that of one
/// `FlatScan` for each query. `QueryPanels` says why no row is lost.
struct FlatBatchScan {
    private let vectors: VectorSpace
    private let metric: Metric
    private let queries: QueryBlock
    private let firstRow: Int
    private let permitted: RowSet?
    private let tile = Kernels.best.tile

    /// Fewer queries than this are faster one by one.
    private static let minimumQueries = 8
    /// If fewer rows than one in this many are permitted, reading only those is faster.
    private static let sparseShare = 8
    /// A block of rows takes about this much of the second-level cache.
    private static let blockBytes = 256 << 10

    /// Whether this pays for a search, against one `FlatScan` for each query.
    static func pays(_ vectors: VectorSpace, queryCount: Int, permitted: RowSet?) -> Bool {
        vectors.rows.element == .float32 && queryCount >= minimumQueries
            && (permitted?.count ?? vectors.count) * sparseShare >= vectors.count
    }

    /// - Parameters:
    ///   - vectors: of float32 elements.
    ///   - firstRow: the row of the segment that row 0 of `vectors` is; results and `permitted` count from the
    ///     start of the segment.
    init(_ vectors: VectorSpace, metric: Metric, queries: QueryBlock, firstRow: Int, permitted: RowSet?) {
        precondition(vectors.rows.element == .float32)
        self.vectors = vectors
        self.metric = metric
        self.queries = queries
        self.firstRow = firstRow
        self.permitted = permitted
    }

    /// Offers the permitted rows to the `nearest` of each query.
    ///
    /// - Returns: how many distances were computed.
    func scan(into nearest: inout [TopK]) -> Int {
        scan(rows: 0..<vectors.count, into: &nearest)
    }

    /// The same for some of the rows.
    func scan(rows: Range<Int>, into nearest: inout [TopK]) -> Int {
        precondition(nearest.count == queries.count)
        let panels = QueryPanels(queries, metric: metric)
        for query in nearest.indices { panels.setBound(nearest[query].worstDistance, of: query) }
        let blockRows = max(Self.blockBytes / vectors.rows.strideBytes, 16)
        let products = UnsafeMutablePointer<Float>.allocate(capacity: blockRows * tile.panelWidth)
        let rowTerms = UnsafeMutablePointer<Float>.allocate(capacity: blockRows)
        defer {
            products.deallocate()
            rowTerms.deallocate()
        }
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: blockRows) {
            let block = start..<min(start + blockRows, rows.upperBound)
            for row in block { rowTerms[row - start] = panels.term(of: vectors.rows.row(row)) }
            for panel in 0..<panels.count {
                multiply(panels.base(panel), block, products)
                for row in block {
                    let products = products + (row - start) * tile.panelWidth
                    guard panels.mayEnter(panel, products, rowTerm: rowTerms[row - start]) else { continue }
                    offer(row, panels, panel, products, rowTerm: rowTerms[row - start], to: &nearest)
                }
            }
        }
        return queries.count * rows.count
    }

    private func multiply(
        _ panel: UnsafePointer<Float>, _ block: Range<Int>, _ products: UnsafeMutablePointer<Float>
    ) {
        let rows = vectors.rows
        tile.innerProducts(
            panel: panel, rows: rows.row(block.lowerBound).assumingMemoryBound(to: Float.self),
            strideElements: rows.dimension, rowCount: block.count, dimension: rows.dimension,
            products: products)
    }

    /// Computes the distances of one row to the queries of a panel that it may be near to.
    private func offer(
        _ row: Int, _ panels: borrowing QueryPanels, _ panel: Int, _ products: UnsafePointer<Float>,
        rowTerm: Float, to nearest: inout [TopK]
    ) {
        if let permitted, !permitted.contains(firstRow + row) { return }
        let first = panel * tile.panelWidth
        for lane in 0..<min(tile.panelWidth, queries.count - first) {
            let query = first + lane
            guard panels.mayEnter(query, product: products[lane], rowTerm: rowTerm) else { continue }
            let distance = vectors.scorer(for: queries.query(query)).distance(to: UInt32(row))
            guard distance <= nearest[query].worstDistance else { continue }
            nearest[query].offer(distance, UInt32(firstRow + row))
            panels.setBound(nearest[query].worstDistance, of: query)
        }
    }
}
