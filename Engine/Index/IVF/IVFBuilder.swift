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

    /// The rows that centroids are trained on, none of them held back.
    private func sampledRows() -> [Int] {
        let rows = HeldBackSample.others(of: source.count)
        let sample = KMeans.sampleRows(
            KMeans.sampleRowsPerCentroid * listCount, of: rows.count, seed: source.seed)
        return sample.map { rows[$0] }
    }

    // MARK: Float rows

    /// Centroids as rows of float32 elements, and the list of each row.
    ///
    /// O(rows x lists x dimension).
    func divideFloats() -> (centroids: VectorRows, groups: GroupedRows) {
        precondition(source.rows.element == .float32)
        let rows = FloatRows(
            base: source.rows.base.assumingMemoryBound(to: Float.self), count: source.count,
            dimension: source.rows.dimension)
        let sampled = sampledRows()
        let sample = FloatMatrix(count: sampled.count, dimension: rows.dimension)
        team.forEach(sampled.count, grain: 1024) { range, _ in
            for place in range { sample.row(place).update(from: rows.row(sampled[place]), count: rows.dimension) }
        }
        let means = KMeans(centroidCount: listCount, seed: source.seed)
        let found = means.train(sample.rows, team: team) { done, all in
            source.progress(source.count / 2 * done / all, source.count)
        }
        let centroids = VectorRows(element: .float32, dimension: found.dimension, capacity: listCount)
        centroids.base.copyMemory(from: found.row(0), byteCount: found.bytes.count)
        let labels = assign(rows, to: NearestCentroids(found.rows))
        source.progress(source.count, source.count)
        return (centroids, GroupedRows(labels: labels, groupCount: listCount))
    }

    private func assign(_ rows: FloatRows, to nearest: NearestCentroids) -> [UInt32] {
        var labels = [UInt32](repeating: 0, count: rows.count)
        var terms = [Float](repeating: 0, count: rows.count)
        labels.withUnsafeMutableBufferPointer { labels in
            terms.withUnsafeMutableBufferPointer { terms in
                nearest.assign(rows, labels: labels.baseAddress!, terms: terms.baseAddress!, team: team)
            }
        }
        return labels
    }

    // MARK: Bits

    /// Centroids as rows of bits, and the list of each row.
    func divideBits(_ kernel: DistanceKernel) -> (centroids: VectorRows, groups: GroupedRows) {
        let rows = source.rows
        let sampled = sampledRows()
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
