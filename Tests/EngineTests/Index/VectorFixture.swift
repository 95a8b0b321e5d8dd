import Common

@testable import Apus

/// Rows of a known shape, with the naive exact search that indexes are compared with.
struct VectorFixture: Sendable {
    enum Shape: String, CaseIterable, Sendable {
        /// Independent coordinates.
        case uniform
        /// Thirty-two far-apart clusters, rows in random order.
        case clustered
        /// The same, all rows of a cluster one after the other.
        case sortedClusters
        /// Each vector about eight times.
        case duplicates
        /// One vector again and again.
        case identical
        /// Few values per coordinate, so most distances have ties.
        case grid
        /// Norms from 1e-3 to 1e3.
        case spreadNorms
    }

    let metric: Metric
    let dimension: Int
    let count: Int
    let vectors: [[Float]]
    let rows: VectorRows

    init(_ shape: Shape, metric: Metric, count: Int, dimension: Int, seed: UInt64) {
        var random = RandomSource(seed: seed)
        let raw = Self.vectors(shape, count: count, dimension: dimension, &random)
        self.init(raw.map { Self.prepared($0, metric) }, metric: metric, dimension: dimension)
    }

    /// - Parameter prepared: normalised for cosine.
    init(_ prepared: [[Float]], metric: Metric, dimension: Int) {
        self.metric = metric
        self.dimension = dimension
        count = prepared.count
        vectors = prepared
        rows = VectorRows(element: .float32, dimension: dimension, capacity: max(prepared.count, 1))
        for (row, vector) in prepared.enumerated() {
            vector.withUnsafeBytes { rows.row(row).copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        }
    }

    /// The rows as the source of an index.
    func source(_ definition: IndexDefinition, seed: UInt64 = 7, threads: Int = 2) -> IndexSource {
        IndexSource(
            definition: definition, rows: rows, count: count, seed: seed, threads: threads, progress: { _, _ in })
    }

    /// Queries near to rows, prepared for the metric.
    func queries(_ count: Int, seed: UInt64) -> [[Float]] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in
            let near = vectors.randomElement(using: &random) ?? Array(repeating: 1, count: dimension)
            let noisy = near.map { $0 + Float.random(in: -0.3...0.3, using: &random) }
            return Self.prepared(noisy, metric)
        }
    }

    /// The exact answer in double precision, ties by row.
    func nearest(_ k: Int, to query: [Float], permitted: RowSet? = nil) -> [Int] {
        let rows = (0..<count).filter { permitted?.contains($0) ?? true }
        let distances = rows.map { (distance(query, vectors[$0]), $0) }
        return distances.sorted { $0 < $1 }.prefix(k).map(\.1)
    }

    func distance(_ query: [Float], _ vector: [Float]) -> Double {
        zip(query, vector).reduce(0) { sum, pair in
            let (left, right) = (Double(pair.0), Double(pair.1))
            return metric == .l2 ? sum + (left - right) * (left - right) : sum - left * right
        }
    }

    private static func prepared(_ vector: [Float], _ metric: Metric) -> [Float] {
        guard metric == .cosine else { return vector }
        let norm = vector.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
        return norm > 0 ? vector.map { $0 / norm } : vector
    }

    private static func vectors(
        _ shape: Shape, count: Int, dimension: Int, _ random: inout RandomSource
    ) -> [[Float]] {
        func uniform() -> [Float] { (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) } }
        switch shape {
        case .uniform: return (0..<count).map { _ in uniform() }
        case .identical:
            let vector = uniform()
            return Array(repeating: vector, count: count)
        case .duplicates:
            let distinct = (0..<max(count / 8, 1)).map { _ in uniform() }
            return (0..<count).map { _ in distinct.randomElement(using: &random)! }
        case .grid:
            return (0..<count).map { _ in
                (0..<dimension).map { _ in Float(Int.random(in: 0...2, using: &random)) }
            }
        case .spreadNorms:
            return (0..<count).map { _ in
                let exponent = Int.random(in: -10...10, using: &random)
                return uniform().map { $0 * Float(sign: .plus, exponent: exponent, significand: 1) }
            }
        case .clustered, .sortedClusters:
            let centres = (0..<32).map { _ in uniform().map { $0 * 10 } }
            let rows = (0..<count).map { row in
                let centre = centres[row * 32 / max(count, 1)]
                return centre.map { $0 + Float.random(in: -1...1, using: &random) }
            }
            return shape == .clustered ? rows.shuffled(using: &random) : rows
        }
    }
}
