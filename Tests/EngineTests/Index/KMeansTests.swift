import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct KMeansTests {
    private let seed = testSeed(31)

    private func sample(_ shape: VectorFixture.Shape, count: Int, dimension: Int = 12) -> FloatMatrix {
        let fixture = VectorFixture(shape, metric: .l2, count: count, dimension: dimension, seed: seed)
        let matrix = FloatMatrix(count: count, dimension: dimension)
        for (row, vector) in fixture.vectors.enumerated() {
            for (element, value) in vector.enumerated() { matrix.row(row)[element] = value }
        }
        return matrix
    }

    private func squaredDistance(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ dimension: Int) -> Double {
        (0..<dimension).reduce(0) { sum, element in
            let difference = Double(a[element]) - Double(b[element])
            return sum + difference * difference
        }
    }

    private func squaredError(_ rows: FloatRows, _ centroids: FloatRows) -> Double {
        (0..<rows.count).reduce(0) { sum, row in
            sum
                + (0..<centroids.count).map {
                    squaredDistance(rows.row(row), centroids.row($0), rows.dimension)
                }.min()!
        }
    }

    private func values(_ matrix: FloatMatrix) -> [Float] {
        Array(UnsafeBufferPointer(start: matrix.row(0), count: matrix.count * matrix.dimension))
    }

    @Test(arguments: [1, 7, 48, 100])
    func assignmentFindsTheNearest(centroidCount: Int) {
        let rows = sample(.uniform, count: 300)
        let centroids = sample(.spreadNorms, count: centroidCount)
        var labels = [UInt32](repeating: 9999, count: 300)
        var terms = [Float](repeating: 0, count: 300)
        NearestCentroids(centroids.rows).assign(
            rows.rows, labels: &labels, terms: &terms, team: WorkerTeam(count: 2))
        for row in 0..<300 {
            let distances = (0..<centroidCount).map { squaredDistance(rows.row(row), centroids.row($0), 12) }
            let found = distances[Int(labels[row])]
            #expect(found <= distances.min()! * 1.0001 + 1e-4, "row \(row), seed \(seed)")
        }
    }

    @Test func equalCentroidsGoToTheLower() {
        let rows = sample(.identical, count: 100)
        var labels = [UInt32](repeating: 9999, count: 100)
        var terms = [Float](repeating: 0, count: 100)
        NearestCentroids(rows.rows).assign(rows.rows, labels: &labels, terms: &terms)
        #expect(labels.allSatisfy { $0 == 0 })
    }

    @Test func theSameForAnyNumberOfThreads() {
        let rows = sample(.clustered, count: 3000)
        let means = KMeans(centroidCount: 40, seed: seed)
        let expected = values(means.train(rows.rows, team: WorkerTeam(count: 1)))
        for threads in [2, 3] {
            #expect(values(means.train(rows.rows, team: WorkerTeam(count: threads))) == expected, "seed \(seed)")
        }
    }

    @Test(arguments: [VectorFixture.Shape.uniform, .clustered, .sortedClusters, .duplicates, .grid])
    func centroidsAreBetterThanRandomRows(shape: VectorFixture.Shape) {
        let rows = sample(shape, count: 2000)
        let trained = KMeans(centroidCount: 32, seed: seed).train(rows.rows, team: WorkerTeam(count: 2))
        let picked = (0..<32).map { Int(StableHash.hash(UInt64($0), seed: seed) % 2000) }
        let random = FloatMatrix(count: 32, dimension: 12)
        for (place, row) in picked.enumerated() { random.row(place).update(from: rows.row(row), count: 12) }
        #expect(squaredError(rows.rows, trained.rows) < 0.9 * squaredError(rows.rows, random.rows), "seed \(seed)")
    }

    @Test func degenerateSamples() {
        for (shape, count) in [(VectorFixture.Shape.identical, 50), (.uniform, 3), (.uniform, 1), (.uniform, 0)] {
            let rows = sample(shape, count: count)
            let means = KMeans(centroidCount: 8, seed: seed)
            let centroids = means.train(rows.rows, team: WorkerTeam(count: 2))
            #expect(values(centroids).allSatisfy { $0.isFinite })
            if count > 0 { #expect(squaredError(rows.rows, centroids.rows) < 1e-9, "\(shape) \(count), seed \(seed)") }
        }
    }

    @Test func progressEndsAtTheEnd() {
        var seen: [Int] = []
        let rows = sample(.uniform, count: 100)
        _ = KMeans(centroidCount: 4, seed: seed, rounds: 3).train(rows.rows, team: WorkerTeam(count: 1)) {
            seen.append($0)
            #expect($1 == 3)
        }
        #expect(seen == [1, 2, 3])
    }

    @Test func sampleRowsAreDistinctAndSpread() {
        let rows = KMeans.sampleRows(100, of: 1050, seed: seed)
        #expect(rows.count == 100 && Set(rows).count == 100 && rows == rows.sorted())
        #expect(rows.first! < 11 && rows.last! >= 1039 && rows.last! < 1050)
        #expect(KMeans.sampleRows(5, of: 3, seed: seed) == [0, 1, 2])
    }

    /// Four patterns of bits with a little noise: the majorities are the patterns.
    @Test func binaryCentroidsAreMajorities() {
        var random = RandomSource(seed: seed)
        let patterns = (0..<4).map { _ in (0..<8).map { _ in UInt8.random(in: 0...255, using: &random) } }
        let rows = VectorRows(element: .bit, dimension: 64, capacity: 400)
        for row in 0..<400 {
            for byte in 0..<8 {
                let noise: UInt8 = Int.random(in: 0..<16, using: &random) == 0 ? 1 << UInt8(byte) : 0
                rows.row(row).storeBytes(of: patterns[row % 4][byte] ^ noise, toByteOffset: byte, as: UInt8.self)
            }
        }
        let means = BinaryKMeans(centroidCount: 12, seed: seed, kernel: Kernels.best.hamming)
        let team = WorkerTeam(count: 2)
        let centroids = means.train(rows, count: 400, team: team)
        let labels = means.assign(rows, count: 400, to: centroids, team: team)
        for row in 0..<400 {
            let distance = means.kernel.pair(rows.row(row), centroids.row(Int(labels[row])), 64)
            #expect(distance <= 8, "row \(row), seed \(seed)")
        }
        let again = means.train(rows, count: 400, team: WorkerTeam(count: 1))
        let bytes = { UnsafeRawBufferPointer(start: ($0 as VectorRows).base, count: 96).map { $0 } }
        #expect(bytes(again) == bytes(centroids), "seed \(seed)")
    }
}
