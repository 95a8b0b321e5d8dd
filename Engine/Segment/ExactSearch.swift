/// Search by the vectors themselves, whatever index a segment has.
extension SealedSegment {
    /// Rows of a field that are not in memory are read from their file in pieces of this size.
    private static let pieceBytes = 4 << 20

    func exactSearch(
        field: Int, _ queries: QueryBlock, k: Int, permitted: RowSet?, statistics: inout SearchStatistics
    ) throws -> [[Neighbor]] {
        let contents = try requireContents()
        if let index = contents.indexes[field], index.definition.isExact {
            return try index.search(
                queries, k: k, parameters: try index.definition.resolveSearch([:], k: k), permitted: permitted,
                statistics: &statistics)
        }
        if queries.sparse == nil, let vectors = contents.vectors[field], vectors.prepared == nil {
            return try scan(vectors, queries, k: k, permitted: permitted, &statistics)
        }
        var unindexed = contents
        unindexed.indexes[field] = nil
        return try replacing(contents: unindexed).search(
            field: field, queries, k: k, parameters: [:], permitted: permitted, statistics: &statistics)
    }

    /// Compares rows that only their file has.
    private func scan(
        _ vectors: SegmentContents.Vectors, _ queries: QueryBlock, k: Int, permitted: RowSet?,
        _ statistics: inout SearchStatistics
    ) throws -> [[Neighbor]] {
        guard let file = vectors.raw else { preconditionFailure("vectors are in memory or in a file") }
        var nearest = Array(repeating: TopK(k: k), count: queries.count)
        let stride = vectors.layout.strideBytes
        let pieceRows = max(1, Self.pieceBytes / stride)
        let raw = VectorRows(vectors.layout, capacity: pieceRows)
        let prepared = VectorRows(vectors.layout.prepared, capacity: pieceRows)
        for start in Swift.stride(from: 0, to: record.rowCount, by: pieceRows) {
            let count = min(pieceRows, record.rowCount - start)
            if let permitted, !permitted.contains(anyOf: start..<start + count) { continue }
            try file.read(
                into: UnsafeMutableRawBufferPointer(start: raw.base, count: count * stride), at: start * stride)
            PreparedVectors.copy(raw.base, vectors.layout, to: prepared.base, count: count, metric: vectors.metric)
            statistics.distanceComputations += FlatScan.scan(
                VectorSpace(metric: vectors.metric, rows: prepared, count: count), metric: vectors.metric,
                queries: queries, firstRow: start, permitted: permitted, into: &nearest)
        }
        return nearest.map { $0.sorted() }
    }
}

extension GrowingSegment {
    func exactSearch(
        field: Int, _ queries: QueryBlock, k: Int, permitted: RowSet?, statistics: inout SearchStatistics
    ) throws -> [[Neighbor]] {
        search(field: field, queries, k: k, parameters: [:], permitted: permitted, statistics: &statistics)
    }
}

extension RowSet {
    /// Whether a row of `range` is in the set. O(range / 64).
    fileprivate func contains(anyOf range: Range<Int>) -> Bool {
        var isFound = false
        forEach(in: range) { _ in isFound = true }
        return isFound
    }
}
