/// The steps that all inverted files are built by: centroids from a sample, then a list for each row.
///
/// The same rows, definition and seed give the same lists for any number of threads.
struct IVFBuilder {
    let source: IndexSource
    let team: WorkerTeam

    init(_ source: IndexSource) {
        self.source = source
        team = WorkerTeam(count: source.threads)
    }

    /// Lists that get rows: no more than there are rows, at least one.
    var listCount: Int { max(min(source.definition.integer("nlist"), source.count), 1) }

    // MARK: Float rows

    /// Centroids as rows of float32 elements, and the list of each row.
    ///
    /// O(rows x lists x dimension).
    func divideFloats() -> (centroids: VectorRows, groups: GroupedRows) {
        let sampled = KMeans.sampleRows(
            KMeans.sampleRowsPerCentroid * listCount, of: source.count, seed: source.seed)
        let sample = FloatMatrix(count: sampled.count, dimension: source.rows.dimension)
        team.forEach(sampled.count, grain: 1024) { range, _ in
            for place in range { copyFloats(sampled[place], to: sample.row(place)) }
        }
        let means = KMeans(centroidCount: listCount, seed: source.seed)
        let found = means.train(sample.rows, team: team) { done, all in
            source.progress(source.count / 2 * done / all, source.count)
        }
        let centroids = VectorRows(element: .float32, dimension: found.dimension, capacity: listCount)
        centroids.base.copyMemory(from: found.row(0), byteCount: found.bytes.count)
        let labels = assign(NearestCentroids(found.rows))
        source.progress(source.count, source.count)
        return (centroids, GroupedRows(labels: labels, groupCount: listCount))
    }

    private func copyFloats(_ row: Int, to target: UnsafeMutablePointer<Float>) {
        ElementConversion.float32(
            from: source.rows.row(row), source.rows.element, count: source.rows.dimension, to: target)
    }

    private func assign(_ nearest: NearestCentroids) -> [UInt32] {
        var labels = [UInt32](repeating: 0, count: source.count)
        let dimension = source.rows.dimension
        labels.withUnsafeMutableBufferPointer { labels in
            let labels = labels.baseAddress!
            team.forEach(source.count, grain: 1024) { range, _ in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: range.count) { terms in
                    let copy = FloatMatrix(
                        count: source.rows.element == .float32 ? 0 : range.count, dimension: dimension)
                    var rows = copy.rows
                    if source.rows.element == .float32 {
                        let first = source.rows.row(range.lowerBound).assumingMemoryBound(to: Float.self)
                        rows = FloatRows(base: first, count: range.count, dimension: dimension)
                    } else {
                        for row in range { copyFloats(row, to: copy.row(row - range.lowerBound)) }
                    }
                    nearest.assign(rows, labels: labels + range.lowerBound, terms: terms.baseAddress!)
                }
            }
        }
        return labels
    }

    // MARK: Bits

    /// Centroids as rows of bits, and the list of each row.
    func divideBits(_ kernel: DistanceKernel) -> (centroids: VectorRows, groups: GroupedRows) {
        let rows = source.rows
        let sampled = KMeans.sampleRows(
            KMeans.sampleRowsPerCentroid * listCount, of: source.count, seed: source.seed)
        let sample = VectorRows(element: .bit, dimension: rows.dimension, capacity: sampled.count)
        for (place, row) in sampled.enumerated() {
            sample.row(place).copyMemory(from: rows.row(row), byteCount: rows.strideBytes)
        }
        let means = BinaryKMeans(centroidCount: listCount, seed: source.seed, kernel: kernel)
        let centroids = means.train(sample, count: sampled.count, team: team) { done, all in
            source.progress(source.count / 2 * done / all, source.count)
        }
        let labels = means.assign(rows, count: source.count, to: centroids, team: team)
        source.progress(source.count, source.count)
        return (centroids, GroupedRows(labels: labels, groupCount: listCount))
    }
}
