import Apus
import Common
import Lesson

/// The words of the texts as sparse vectors: a dimension is a word, its value how often it stands in the text.
struct BagOfWords {
    /// Words of the base texts, by their dimension.
    private let dimensions: [String: UInt32]
    /// The bags of the base texts.
    let base: [SparseVector]

    init(_ glosses: [Gloss]) throws {
        var dimensions: [String: UInt32] = [:]
        for gloss in glosses {
            for word in Self.words(gloss) where dimensions[word] == nil {
                dimensions[word] = UInt32(dimensions.count)
            }
        }
        self.dimensions = dimensions
        base = try glosses.map { try Self.bag($0, dimensions) }
    }

    var wordCount: Int { dimensions.count }

    /// The bag of a text; words that no base text has are left out.
    func bag(_ gloss: Gloss) throws -> SparseVector { try Self.bag(gloss, dimensions) }

    private static func bag(_ gloss: Gloss, _ dimensions: [String: UInt32]) throws -> SparseVector {
        var counts: [UInt32: Float] = [:]
        for dimension in words(gloss).compactMap({ dimensions[$0] }) { counts[dimension, default: 0] += 1 }
        return try SparseVector(counts.map { SparseEntry(index: $0.key, value: $0.value) })
    }

    /// The lower-case words of lemma and gloss.
    private static func words(_ gloss: Gloss) -> [String] {
        "\(gloss.lemma) \(gloss.gloss)".lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}

/// Exact scores of bags: the inner product of one query with every row, by a plain loop.
struct BagScores {
    private let rows: [SparseVector]
    private var query: [Float]

    init(_ bags: BagOfWords) {
        rows = bags.base
        query = [Float](repeating: 0, count: bags.wordCount)
    }

    /// The `k` largest scores above zero, descending.
    mutating func best(_ k: Int, for bag: SparseVector) -> [Float] {
        for entry in bag.entries { query[Int(entry.index)] = entry.value }
        defer { for entry in bag.entries { query[Int(entry.index)] = 0 } }
        let scores = rows.map { row in row.entries.reduce(Float(0)) { $0 + $1.value * query[Int($1.index)] } }
        return Array(scores.filter { $0 > 0 }.sorted(by: >).prefix(k))
    }
}
