/// Lloyd's k-means (Lloyd 1982): centroids that are the means of the rows nearest to them.
///
/// Starts from spread-out rows (`KMeansSeeding`). Trains on a sample that the caller drew (`sampleRows`), first on a part of it and then on all. The same sample,
/// settings and seed give the same centroids for any number of threads: every centroid is summed by one worker, in
/// the order of the rows. Euclidean distances decide for every metric; for unit rows they are those of the cosine.
struct KMeans {
    /// How many centroids to find. With fewer sample rows than that, some centroids repeat rows.
    let centroidCount: Int
    let seed: UInt64
    /// Rounds over the growing sample.
    var rounds = 10

    /// Rows a centroid, in the sample: more improve the centroids no further.
    static let sampleRowsPerCentroid = 128
    /// The first half of the rounds uses one row in this many.
    private static let firstShare = 4
    /// Rows a centroid among which the first centroids are picked.
    private static let seedingRows = 16

    /// Rows to train on: `size` of `count`, one from each of `size` equal stretches, in ascending order; all rows
    /// if there are no more.
    static func sampleRows(_ size: Int, of count: Int, seed: UInt64) -> [Int] {
        guard size < count else { return Array(0..<count) }
        return (0..<size).map { stretch in
            let start = stretch * count / size
            let length = (stretch + 1) * count / size - start
            return start + Int(StableHash.hash(UInt64(stretch), seed: seed) % UInt64(length))
        }
    }

    /// The centroids of `sample`.
    ///
    /// O(rounds x sample rows x centroids x dimension).
    ///
    /// - Parameter progress: called on this thread with the rounds done and all rounds.
    func train(
        _ sample: FloatRows, team: WorkerTeam, progress: (Int, Int) -> Void = { _, _ in }
    ) -> FloatMatrix {
        precondition(centroidCount > 0 && rounds > 0)
        let centroids = FloatMatrix(count: centroidCount, dimension: sample.dimension)
        guard sample.count > 0 else { return centroids }
        // Rows in the order of a hash: any prefix is a sample of the whole.
        let shuffled = FloatMatrix(count: sample.count, dimension: sample.dimension)
        let order = (0..<sample.count).map { (StableHash.hash(UInt64($0), seed: seed ^ 1), $0) }.sorted { $0 < $1 }
        team.forEach(sample.count, grain: 1024) { range, _ in
            for place in range {
                shuffled.row(place).update(from: sample.row(order[place].1), count: sample.dimension)
            }
        }
        let seeds = KMeansSeeding(centroidCount: centroidCount, seed: seed)
            .seeds(shuffled.rows[0..<min(sample.count, Self.seedingRows * centroidCount)], team: team)
        for centroid in 0..<centroidCount {
            let row = shuffled.row(seeds[centroid % seeds.count])
            centroids.row(centroid).update(from: row, count: sample.dimension)
        }
        for round in 0..<rounds {
            let share = round < rounds / 2 ? Self.firstShare : 1
            let rowCount = min(sample.count, max(sample.count / share, 2 * centroidCount))
            let clusters = assign(shuffled.rows[0..<rowCount], to: centroids, team: team)
            move(centroids, shuffled.rows, clusters, team: team)
            if round + 1 < rounds { fillEmpty(centroids, shuffled.rows, clusters, round: round) }
            progress(round + 1, rounds)
        }
        return centroids
    }

    private func assign(_ rows: FloatRows, to centroids: FloatMatrix, team: WorkerTeam) -> GroupedRows {
        var terms = [Float](repeating: 0, count: rows.count)
        var labels = [UInt32](repeating: 0, count: rows.count)
        let nearest = NearestCentroids(centroids.rows)
        labels.withUnsafeMutableBufferPointer { labels in
            terms.withUnsafeMutableBufferPointer { terms in
                nearest.assign(rows, labels: labels.baseAddress!, terms: terms.baseAddress!, team: team)
            }
        }
        return GroupedRows(labels: labels, groupCount: centroidCount)
    }

    /// Moves each centroid to the mean of its rows; one without rows stays.
    private func move(
        _ centroids: FloatMatrix, _ rows: FloatRows, _ clusters: GroupedRows, team: WorkerTeam
    ) {
        team.forEach(centroidCount, grain: 8) { range, _ in
            var sums = [Double](repeating: 0, count: rows.dimension)
            for centroid in range where !clusters[centroid].isEmpty {
                sums.withUnsafeMutableBufferPointer { sums in
                    sums.update(repeating: 0)
                    for row in clusters[centroid] {
                        let vector = rows.row(Int(row))
                        for element in 0..<rows.dimension { sums[element] += Double(vector[element]) }
                    }
                    let target = centroids.row(centroid)
                    let count = Double(clusters[centroid].count)
                    for element in 0..<rows.dimension { target[element] = Float(sums[element] / count) }
                }
            }
        }
    }

    /// Moves each centroid without rows onto a row of the centroid that has the most, which then counts half.
    private func fillEmpty(_ centroids: FloatMatrix, _ rows: FloatRows, _ clusters: GroupedRows, round: Int) {
        let empty = (0..<centroidCount).filter { clusters[$0].isEmpty }
        guard !empty.isEmpty else { return }
        var crowds = DonorHeap((0..<centroidCount).map { clusters[$0].count })
        for centroid in empty {
            let donor = crowds.halveLargest()
            let members = clusters[donor]
            let draw = StableHash.hash(UInt64(round * centroidCount + centroid), seed: seed)
            let row = members[members.startIndex + Int(draw % UInt64(members.count))]
            centroids.row(centroid).update(from: rows.row(Int(row)), count: rows.dimension)
        }
    }
}

/// The counts of clusters, the largest taken and halved again and again; ties go to the lower cluster.
private struct DonorHeap {
    private var heap: [Neighbor]

    init(_ counts: [Int]) {
        heap = counts.enumerated().map { Neighbor(distance: -Float($1), row: UInt32($0)) }
        heap.sort()
    }

    /// O(log clusters).
    mutating func halveLargest() -> Int {
        let largest = heap[0]
        heap[0] = Neighbor(distance: largest.distance / 2, row: largest.row)
        heap.siftDown(<)
        return Int(largest.row)
    }
}
