import Common
import TestSupport

@testable import Apus

/// Sparse rows of a known shape, with a naive exact search to compare with.
struct SparseFixture: Sendable {
    enum Shape: String, CaseIterable, Sendable {
        /// Few dimensions, values of both signs, some rows empty, some values zero.
        case mixed
        /// Term frequencies of texts: the commoner a dimension the more rows have it.
        case texts
        /// The same, in few lengths and few words, so that many scores are equal.
        case ties
        /// Dimensions up to the largest that there is, values of very different size.
        case huge
        /// Every row has the same few dimensions.
        case dense
        /// All values below zero.
        case negative
    }

    let vectors: [SparseVector]
    let rows: SparseRows
    private let shape: Shape

    init(_ shape: Shape, count: Int, seed: UInt64) {
        self.shape = shape
        var random = RandomSource(seed: seed)
        vectors = (0..<count).map { _ in Self.vector(shape, length: 12, &random) }
        rows = SparseRows(capacity: count)
        for vector in vectors { rows.append(vector) }
    }

    func queries(_ count: Int, seed: UInt64) -> [SparseVector] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { Self.vector(shape, length: 1 + $0 % 9, &random) }
    }

    private static func vector(_ shape: Shape, length: Int, _ random: inout RandomSource) -> SparseVector {
        var values: [UInt32: Float] = [:]
        for _ in 0..<Int.random(in: 0...2 * length, using: &random) {
            let share = Double.random(in: 0..<1, using: &random)
            switch shape {
            case .mixed:
                values[.random(in: 0..<300, using: &random)] =
                    Int.random(in: 0..<9, using: &random) == 0 ? 0 : .random(in: -1...1, using: &random)
            case .texts: values[UInt32(2_000 * share * share * share * share), default: 0] += 1
            case .ties: values[UInt32(20 * share * share), default: 0] += 1
            case .huge:
                values[.max - 1 - UInt32(Double(UInt32.max - 1) * share * share * share)] = Float(
                    sign: Bool.random(using: &random) ? .plus : .minus, exponent: .random(in: -30...30, using: &random),
                    significand: 1.5)
            case .dense: values[UInt32(share * 6)] = .random(in: 0...3, using: &random)
            case .negative: values[UInt32(100 * share * share)] = .random(in: -2 ..< -0.5, using: &random)
            }
        }
        return try! SparseVector(values.map { SparseEntry(index: $0.key, value: $0.value) })
    }

    /// The best rows by the definition of the score, term by term.
    func nearest(
        _ k: Int, to query: SparseVector, scoring: SparseScoring, bm25: BM25Statistics, permitted: RowSet? = nil
    ) -> [Neighbor] {
        var found: [Neighbor] = []
        for (row, vector) in vectors.enumerated() where permitted?.contains(row) ?? true {
            let values = Dictionary(uniqueKeysWithValues: vector.entries.map { ($0.index, $0.value) })
            var sum = 0.0
            var meets = false
            for term in query.entries {
                guard let value = values[term.index], scoring.counts(value), scoring.counts(term.value) else {
                    continue
                }
                let length = Float(vector.values.reduce(0.0) { $0 + max(0, Double($1)) })
                sum += scoring.scorer(of: term, statistics: bm25).score(value, length: length)
                meets = true
            }
            if meets { found.append(Neighbor(distance: -Float(sum), row: UInt32(row))) }
        }
        return Array(found.sorted().prefix(k))
    }
}

/// A file with a body, as the engine would find it.
func sparseFile(_ body: [UInt8]) throws -> FileReader {
    let kind = FileKind("TEST", name: "test", version: 1)
    let disk = SimulatedFileSystem()
    let writer = try FileWriter(disk, path: "body", kind: kind)
    try writer.append(body)
    try writer.finish()
    return try FileReader.open(disk, path: "body", kind: kind)
}
