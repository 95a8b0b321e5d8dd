/// How rows are scored against a sparse query.
enum SparseScoring: Sendable, Hashable {
    case innerProduct
    case bm25(BM25)

    init(_ definition: IndexDefinition) {
        self =
            definition.metric == .bm25
            ? .bm25(BM25(k1: definition.number("bm25_k1"), b: definition.number("bm25_b"))) : .innerProduct
    }

    /// Whether an entry of a row or of a query can add to a score. Rows and queries that share no such dimension do
    /// not meet: the row is no result.
    func counts(_ value: Float) -> Bool {
        self == .innerProduct ? value != 0 : value > 0
    }
}

extension SparseScoring {
    /// What an entry of a query adds to the scores of rows.
    func scorer(of entry: SparseEntry, statistics: BM25Statistics) -> TermScorer {
        guard case .bm25(let bm25) = self else { return TermScorer(weight: entry.value) }
        let weight = bm25.weight(
            queryCount: entry.value, documentFrequency: statistics.documentFrequency(of: entry.index),
            of: statistics.documents)
        return TermScorer(weight: weight, saturation: bm25.saturation(averageLength: statistics.averageLength))
    }

    /// The scorer at another average length.
    func scorer(weight: Double, averageLength: Double) -> TermScorer {
        guard case .bm25(let bm25) = self else { return TermScorer(weight: Float(weight)) }
        return TermScorer(weight: weight, saturation: bm25.saturation(averageLength: averageLength))
    }
}

/// What a term of a query adds to the score of a row that has the term.
struct TermScorer {
    let weight: Double
    /// BM25 only: what the length of the document adds below the line.
    private let saturation: (base: Double, slope: Double)?

    /// Inner product.
    init(weight: Float) {
        self.weight = Double(weight)
        saturation = nil
    }

    /// BM25.
    init(weight: Double, saturation: (base: Double, slope: Double)) {
        self.weight = weight
        self.saturation = saturation
    }

    /// - Parameter length: of the document; not used for inner products.
    @inline(__always)
    func score(_ value: Float, length: Float) -> Double {
        guard let saturation else { return weight * Double(value) }
        let frequency = Double(value)
        return weight * (frequency / (frequency + (saturation.base + saturation.slope * Double(length))))
    }

    /// The scores of several postings, bit for bit those of `score`.
    @inline(__always)
    func scores(
        _ values: UnsafePointer<Float>, rows: UnsafePointer<UInt32>, lengths: UnsafePointer<Float>?, count: Int,
        into scores: UnsafeMutablePointer<Double>
    ) {
        guard let saturation, let lengths else {
            for index in 0..<count { scores[index] = weight * Double(values[index]) }
            return
        }
        for index in 0..<count {
            let frequency = Double(values[index])
            let length = Double(lengths[Int(rows[index])])
            scores[index] = weight * (frequency / (frequency + (saturation.base + saturation.slope * length)))
        }
    }
}
