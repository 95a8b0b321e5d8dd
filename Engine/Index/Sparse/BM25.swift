#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How well a document answers a bag of terms (Robertson and Walker 1994):
///
///     sum over terms of  count in query x idf x tf (k1 + 1) / (tf + k1 (1 - b + b length / average length))
///
/// where tf is how often the term is in the document, and idf = ln(1 + (N - n + 0.5) / (n + 0.5)) for n of N
/// documents with the term. Rows hold term frequencies; their sum is the length of the document.
struct BM25: Sendable, Hashable {
    /// How much more a repeated term counts.
    let k1: Double
    /// How much long documents are held back, 0 to 1.
    let b: Double

    /// The weight of a term of a query.
    func weight(queryCount: Float, documentFrequency: Int, of documents: Int) -> Double {
        let with = Double(min(documentFrequency, documents))
        let idf = log(1 + (Double(documents) - with + 0.5) / (with + 0.5))
        return Double(queryCount) * idf * (k1 + 1)
    }

    /// What is added to the term frequency below the line, by the length of the document: base + slope x length.
    func saturation(averageLength: Double) -> (base: Double, slope: Double) {
        averageLength > 0 ? (k1 * (1 - b), k1 * b / averageLength) : (k1, 0)
    }
}

/// What BM25 needs to know of all documents. Several segments are scored alike when they are given the same.
struct BM25Statistics: Sendable, Hashable {
    private(set) var documents = 0
    /// Sum of the lengths of all documents.
    private(set) var totalLength = 0.0
    /// Documents that have a term, by dimension; those not named have none.
    private(set) var documentFrequencies: [UInt32: Int] = [:]

    init() {}

    init(documents: Int, totalLength: Double, documentFrequencies: [UInt32: Int]) {
        self.documents = documents
        self.totalLength = totalLength
        self.documentFrequencies = documentFrequencies
    }

    /// Of the first `count` rows.
    init(rows: SparseRows, count: Int) {
        for row in 0..<count { add(rows.row(row)) }
    }

    var averageLength: Double { documents > 0 ? totalLength / Double(documents) : 0 }

    func documentFrequency(of dimension: UInt32) -> Int { documentFrequencies[dimension] ?? 0 }

    /// Counts one more document.
    mutating func add(_ row: SparseRow) {
        documents += 1
        totalLength += row.length
        for position in 0..<row.count where row[position].value > 0 {
            documentFrequencies[row[position].index, default: 0] += 1
        }
    }

    /// Counts other documents too.
    mutating func add(_ other: BM25Statistics) {
        documents += other.documents
        totalLength += other.totalLength
        documentFrequencies.merge(other.documentFrequencies, uniquingKeysWith: +)
    }
}

extension SparseRow {
    /// The length of a document whose values are term frequencies; values that are not positive do not count.
    var length: Double {
        var sum = 0.0
        for position in 0..<count { sum += max(0, Double(self[position].value)) }
        return sum
    }
}
