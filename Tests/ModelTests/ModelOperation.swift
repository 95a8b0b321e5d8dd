import Common

/// One call of a random life. What it does in detail follows from its seed and from what is there, so a list of
/// operations still has a meaning after some of them are left out.
struct ModelOperation: Sendable, CustomStringConvertible {
    enum Kind: String, Sendable, CaseIterable {
        case insertColumns, insertRows, insertTakenKey, upsert, delete, get, search, count, flush, load, release,
            compact, createIndex, dropIndex, createCollection, dropCollection, renameCollection, reopen, cutPower
    }

    let kind: Kind
    let seed: UInt64

    var description: String { "\(kind.rawValue)(\(seed))" }

    private static let weights: [(Kind, Int)] = [
        (.insertColumns, 14), (.insertRows, 6), (.insertTakenKey, 2), (.upsert, 14), (.delete, 10), (.get, 8),
        (.search, 14), (.count, 3), (.flush, 5), (.load, 5), (.release, 2), (.compact, 3), (.createIndex, 3),
        (.dropIndex, 1), (.createCollection, 1), (.dropCollection, 1), (.renameCollection, 1), (.reopen, 2),
        (.cutPower, 2),
    ]

    static func random(count: Int, seed: UInt64) -> [ModelOperation] {
        var random = RandomSource(seed: seed)
        let kinds = weights.flatMap { Array(repeating: $0.0, count: $0.1) }
        return (0..<count).map { _ in
            ModelOperation(
                kind: kinds.randomElement(using: &random)!, seed: UInt64.random(in: 0..<1_000_000, using: &random))
        }
    }
}
