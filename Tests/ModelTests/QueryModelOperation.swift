import Common

/// One call of a random life of a collection. What it does in detail follows from its seed and from what is there.
struct QueryModelOperation: Sendable, CustomStringConvertible {
    enum Kind: String, Sendable, CaseIterable {
        case insert, upsert, delete, flush, compact, reload, reopen, cutPower, createIndex, createScalarIndex
        case query, sort, count, aggregate, search, rangeSearch, groupedSearch, queryIterator, searchIterator, audit
    }

    let kind: Kind
    let seed: UInt64

    var description: String { "\(kind.rawValue)(\(seed))" }

    private static let weights: [(Kind, Int)] = [
        (.insert, 12), (.upsert, 6), (.delete, 6), (.flush, 5), (.compact, 3), (.reload, 2), (.reopen, 2),
        (.cutPower, 2), (.createIndex, 2), (.createScalarIndex, 3), (.query, 14), (.sort, 6), (.count, 6),
        (.aggregate, 4), (.search, 12), (.rangeSearch, 6), (.groupedSearch, 6), (.queryIterator, 10),
        (.searchIterator, 8), (.audit, 2),
    ]

    static func random(count: Int, seed: UInt64) -> [QueryModelOperation] {
        var random = RandomSource(seed: seed)
        let kinds = weights.flatMap { Array(repeating: $0.0, count: $0.1) }
        return (0..<count).map { _ in
            QueryModelOperation(
                kind: kinds.randomElement(using: &random)!, seed: UInt64.random(in: 0..<1_000_000, using: &random))
        }
    }
}
