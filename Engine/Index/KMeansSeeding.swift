/// The rows that k-means starts from: each is drawn with a probability that grows with its squared distance from
/// those drawn before (k-means++, Arthur and Vassilvitskii 2007), in batches that grow with what is there
/// (Bahmani et al. 2012), so that the tile kernel computes the distances from a whole batch.
struct KMeansSeeding {
    let centroidCount: Int
    let seed: UInt64

    /// A batch is this share of the rows that are drawn already.
    private static let batchShare = 3

    /// Distinct positions in `rows`: `centroidCount` of them, or fewer if not so many rows differ.
    ///
    /// O(rows x centroids x dimension).
    func seeds(_ rows: FloatRows, team: WorkerTeam) -> [Int] {
        precondition(rows.count > 0)
        let halfSquares = self.halfSquares(rows)
        var weights = [Float](repeating: .infinity, count: rows.count)
        var seeds = [Int(StableHash.hash(0, seed: seed) % UInt64(rows.count))]
        var batch = seeds
        while seeds.count < centroidCount {
            lower(&weights, rows, halfSquares, batch: batch, team: team)
            let wanted = min(max(seeds.count / Self.batchShare, 1), centroidCount - seeds.count)
            batch = draw(wanted, weights: weights, firstDraw: seeds.count)
            if batch.isEmpty { break }
            seeds += batch
        }
        return seeds
    }

    private func halfSquares(_ rows: FloatRows) -> [Float] {
        let product = Kernels.best.negativeInnerProduct(.float32)
        return (0..<rows.count).map { -product.pair(rows.row($0), rows.row($0), rows.dimension) / 2 }
    }

    /// Lowers the weight of each row to half its squared distance from the nearest row of the batch.
    private func lower(
        _ weights: inout [Float], _ rows: FloatRows, _ halfSquares: [Float], batch: [Int], team: WorkerTeam
    ) {
        let drawn = FloatMatrix(count: batch.count, dimension: rows.dimension)
        for (place, row) in batch.enumerated() {
            drawn.row(place).update(from: rows.row(row), count: rows.dimension)
        }
        var labels = [UInt32](repeating: 0, count: rows.count)
        var terms = [Float](repeating: 0, count: rows.count)
        NearestCentroids(drawn.rows).assign(rows, labels: &labels, terms: &terms, team: team)
        for row in 0..<rows.count { weights[row] = min(weights[row], max(halfSquares[row] + terms[row], 0)) }
        for row in batch { weights[row] = 0 }
    }

    /// Up to `wanted` distinct rows; a row that is drawn twice counts once.
    private func draw(_ wanted: Int, weights: [Float], firstDraw: Int) -> [Int] {
        var total = 0.0
        let sums = weights.map { weight in
            total += Double(weight)
            return total
        }
        guard total > 0, total.isFinite else { return [] }
        var drawn: Set<Int> = []
        for number in firstDraw..<firstDraw + wanted {
            let share = Double(StableHash.hash(UInt64(number), seed: seed ^ 3) >> 11) * 0x1p-53
            drawn.insert(firstIndex(in: sums, above: share * total))
        }
        return drawn.sorted()
    }

    /// Of ascending sums, the first above `value`.
    private func firstIndex(in sums: [Double], above value: Double) -> Int {
        var low = 0
        var high = sums.count - 1
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > value { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
