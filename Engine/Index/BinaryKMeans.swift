/// K-means over bits (Huang 1998, k-modes): rows go to the nearest centroid, and a bit of a centroid is what most of
/// its rows have there, 0 if they are divided evenly.
///
/// The same sample, kernel and seed give the same centroids for any number of threads.
struct BinaryKMeans {
    let centroidCount: Int
    let seed: UInt64
    /// Of rows of bits; decides which centroid is nearest.
    let kernel: DistanceKernel
    var rounds = 10

    /// The centroids of `sample`, rows of `bit` elements.
    ///
    /// - Parameter progress: called on this thread with the rounds done and all rounds.
    func train(
        _ sample: VectorRows, count: Int, team: WorkerTeam, progress: (Int, Int) -> Void = { _, _ in }
    ) -> VectorRows {
        precondition(sample.element == .bit && centroidCount > 0)
        let centroids = VectorRows(element: .bit, dimension: sample.dimension, capacity: centroidCount)
        guard count > 0 else { return centroids }
        let start = (0..<count).map { (StableHash.hash(UInt64($0), seed: seed), $0) }.sorted { $0 < $1 }
        for centroid in 0..<centroidCount {
            copy(sample.row(start[centroid % count].1), to: centroids, centroid)
        }
        for round in 0..<rounds {
            let labels = assign(sample, count: count, to: centroids, team: team)
            let clusters = GroupedRows(labels: labels, groupCount: centroidCount)
            team.forEach(centroidCount, grain: 8) { range, _ in
                for centroid in range { vote(centroids.row(centroid), sample, clusters[centroid]) }
            }
            if round + 1 < rounds { fillEmpty(centroids, sample, clusters, round: round) }
            progress(round + 1, rounds)
        }
        return centroids
    }

    /// The nearest centroid of each of the rows 0 ..< `count`, the lower one of two.
    func assign(_ rows: VectorRows, count: Int, to centroids: VectorRows, team: WorkerTeam) -> [UInt32] {
        var labels = [UInt32](repeating: 0, count: count)
        labels.withUnsafeMutableBufferPointer { labels in
            let labels = labels.baseAddress!
            team.forEach(count, grain: 256) { range, _ in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: centroidCount) { distances in
                    for row in range {
                        kernel.rows(
                            rows.row(row), centroids.base, centroids.strideBytes, centroidCount,
                            rows.dimension, distances.baseAddress!)
                        labels[row] = Self.leastPosition(distances)
                    }
                }
            }
        }
        return labels
    }

    private static func leastPosition(_ values: UnsafeMutableBufferPointer<Float>) -> UInt32 {
        var least = 0
        for position in values.indices where values[position] < values[least] { least = position }
        return UInt32(least)
    }

    private func vote(_ centroid: UnsafeMutableRawPointer, _ rows: VectorRows, _ members: ArraySlice<UInt32>) {
        guard !members.isEmpty else { return }
        for byte in 0..<rows.strideBytes {
            var ones = SIMD8<Int32>.zero
            for member in members {
                let bits = UInt32(rows.row(Int(member)).load(fromByteOffset: byte, as: UInt8.self))
                ones &+= SIMD8(truncatingIfNeeded: (SIMD8(repeating: bits) &>> Self.bitNumbers) & 1)
            }
            var majority: UInt8 = 0
            for bit in 0..<8 where 2 * Int(ones[bit]) > members.count { majority |= 1 << UInt8(bit) }
            centroid.storeBytes(of: majority, toByteOffset: byte, as: UInt8.self)
        }
    }

    private static let bitNumbers = SIMD8<UInt32>(0, 1, 2, 3, 4, 5, 6, 7)

    /// Moves each centroid without rows onto a row of the whole sample.
    private func fillEmpty(_ centroids: VectorRows, _ sample: VectorRows, _ clusters: GroupedRows, round: Int) {
        for centroid in 0..<centroidCount where clusters[centroid].isEmpty {
            let draw = StableHash.hash(UInt64(round * centroidCount + centroid), seed: seed ^ 2)
            let row = clusters.rows[Int(draw % UInt64(clusters.rows.count))]
            copy(sample.row(Int(row)), to: centroids, centroid)
        }
    }

    private func copy(_ row: UnsafeRawPointer, to centroids: VectorRows, _ centroid: Int) {
        centroids.row(centroid).copyMemory(from: row, byteCount: centroids.strideBytes)
    }
}
