import Common
import TestSupport
import Testing

@testable import Apus

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Rankers against the plainest way to compute the same.
@Suite struct RankerTests {
    private let seed = testSeed(211)

    private struct Case {
        var parts: [PartAnswer]
        var weights: [Double]
    }

    /// Answers of one to four parts with common entities, some empty, with equal scores among them.
    private func cases(_ count: Int) -> [Case] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in
            let parts = (0..<1 + random.integer(below: 4)).map { _ in part(&random) }
            return Case(parts: parts, weights: parts.map { _ in Double(random.integer(below: 11)) / 10 })
        }
    }

    private func part(_ random: inout RandomSource) -> PartAnswer {
        let metric = [Metric.l2, .innerProduct, .cosine, .hamming, .jaccard, .bm25][random.integer(below: 6)]
        let keys = random.sample(random.integer(below: 12), below: 15)
        let scores = keys.map { _ in Float(random.integer(below: 9)) / 8 }
        let hits = zip(keys, scores).map { Hit(primaryKey: .integer(Int64($0)), score: $1, fields: [:]) }
        let sorted = hits.sorted {
            $0.score != $1.score
                ? metric.scoreOrder.precedes($0.score, $1.score) : $0.primaryKey < $1.primaryKey
        }
        return PartAnswer(metric: metric, hits: sorted)
    }

    private func expect(_ ranking: Ranking, _ scores: [PrimaryKey: Double], descending: Bool, _ place: Int) {
        let expected = scores.map { (key: $0.key, score: Float($0.value)) }.sorted {
            if $0.score != $1.score { return ($0.score > $1.score) == descending }
            return $0.key < $1.key
        }
        #expect(ranking.entities.map(\.key) == expected.map(\.key), "case \(place), seed \(seed)")
        #expect(ranking.entities.map(\.score) == expected.map(\.score), "case \(place), seed \(seed)")
    }

    @Test func reciprocalRanksAreAddedUp() {
        for (place, example) in cases(200).enumerated() {
            for k in [1, 60, 1000.5] {
                var scores: [PrimaryKey: Double] = [:]
                for part in example.parts {
                    for (index, hit) in part.hits.enumerated() {
                        scores[hit.primaryKey] = (scores[hit.primaryKey] ?? 0) + 1 / (k + Double(index) + 1)
                    }
                }
                expect(Ranker.rrf(k: k).fuse(example.parts), scores, descending: true, place)
            }
        }
    }

    /// The formulas of Milvus as its documentation has them.
    private func normalized(_ score: Double, _ metric: Metric) -> Double {
        switch metric {
        case .cosine: (1 + score) * 0.5
        case .innerProduct: 0.5 + atan(score) / Double.pi
        case .bm25: 2 * atan(score) / Double.pi
        default: 1 - 2 * atan(score) / Double.pi
        }
    }

    @Test func normalizedScoresAreWeighedAndAddedUp() {
        for (place, example) in cases(200).enumerated() {
            var scores: [PrimaryKey: Double] = [:]
            for (part, weight) in zip(example.parts, example.weights) {
                for hit in part.hits {
                    let score = weight * normalized(Double(hit.score), part.metric)
                    scores[hit.primaryKey] = scores[hit.primaryKey].map { $0 + score } ?? score
                }
            }
            expect(Ranker.weighted(example.weights).fuse(example.parts), scores, descending: true, place)
        }
    }

    @Test func scoresThatPointTheSameWayCountAsTheyAre() {
        let near = Set([Metric.innerProduct, .cosine, .bm25])
        for (place, example) in cases(400).enumerated() where !example.parts.isEmpty {
            let metrics = Set(example.parts.map(\.metric))
            let areMixed = !metrics.isSubset(of: near) && !metrics.isDisjoint(with: near)
            let areDistances = metrics.isDisjoint(with: near)
            let keys = Set(example.parts.flatMap { $0.hits.map(\.primaryKey) })
            var scores: [PrimaryKey: Double] = [:]
            for key in keys {
                var sum = 0.0
                // Distances of what was not found come last, which rounding may show.
                var missing: [Double] = []
                for (part, weight) in zip(example.parts, example.weights) {
                    if let hit = part.hits.first(where: { $0.primaryKey == key }) {
                        let isTurned = areMixed && !near.contains(part.metric)
                        sum += weight * (isTurned ? normalized(Double(hit.score), part.metric) : Double(hit.score))
                    } else if areDistances, let last = part.hits.last {
                        missing.append(weight * Double(last.score))
                    }
                }
                scores[key] = missing.reduce(sum, +)
            }
            let ranking = Ranker.weighted(example.weights, normalizes: false).fuse(example.parts)
            expect(ranking, scores, descending: !areDistances, place)
        }
    }

    @Test func theBestScoreOfAllPartsCounts() {
        for (place, example) in cases(200).enumerated() {
            var scores: [PrimaryKey: Double] = [:]
            for part in example.parts {
                for hit in part.hits {
                    let score = normalized(Double(hit.score), part.metric)
                    scores[hit.primaryKey] = max(scores[hit.primaryKey] ?? -1, score)
                }
            }
            expect(Ranker.best().fuse(example.parts), scores, descending: true, place)
        }
    }

    @Test func groupsAreOrderedByTheirScore() {
        let entities = (0..<6).map { RankedEntity(key: .integer(Int64($0)), score: Float(10 - $0)) }
        let ranking = Ranking(ordered: entities, order: .largerFirst)
        func keys(_ score: GroupScore, size: Int) -> [PrimaryKey] {
            GroupedRanking(size: size, groupScore: score).groups(of: ranking) { key in
                // Groups a: 0, 5; b: 1, 2, 3; c: 4.
                key == 0 || key == 5 ? "a" : key == 4 ? "c" : "b"
            }.flatMap { $0.entities.map(\.key) }
        }
        #expect(keys(.best, size: 1) == [0, 1, 4])
        #expect(keys(.best, size: 2) == [0, 5, 1, 2, 4])
        #expect(keys(.sum, size: 3) == [1, 2, 3, 0, 5, 4])
        #expect(keys(.average, size: 3) == [1, 2, 3, 0, 5, 4])
    }

    @Test func whatARankerCannotUseIsRefused() {
        func message(_ ranker: Ranker, parts: Int) -> String {
            #expect(throws: ApusError.self) { try ranker.check(parts: parts) }?.message ?? ""
        }
        for k in [0, -1, 16_384, Double.nan] { #expect(message(.rrf(k: k), parts: 1).contains("above 0")) }
        #expect(message(.weighted([0.5]), parts: 2).contains("one weight for each"))
        for weight in [-0.1, 1.1, Double.nan] { #expect(message(.weighted([weight]), parts: 1).contains("0 to 1")) }
        #expect(throws: Never.self) { try Ranker.rrf(k: 0.5).check(parts: 3) }
        #expect(throws: Never.self) { try Ranker.weighted([0, 1]).check(parts: 2) }
    }
}
