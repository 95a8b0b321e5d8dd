import Common
import TestSupport
import Testing

@testable import Apus

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Searches whose hits are weighed by a field, against weighing the hits of the plain search.
@Suite struct RerankerTests {
    private let seed = testSeed(229)

    private static let decays = [
        Decay(field: "price", shape: .gaussian, origin: 40, scale: 10),
        Decay(field: "price", shape: .exponential, origin: 20, scale: 30, offset: 5, decay: 0.3),
        Decay(field: "price", shape: .linear, origin: 60, scale: 25, offset: 1, decay: 0.75, normalizes: false),
    ]

    /// The formulas as Milvus documents them.
    private func factor(_ decay: Decay, _ value: Double) -> Double {
        let distance = max(0, abs(value - decay.origin) - decay.offset)
        switch decay.shape {
        case .gaussian:
            let sigmaSquared = -(decay.scale * decay.scale) / (2 * log(decay.decay))
            return exp(-(distance * distance) / (2 * sigmaSquared))
        case .exponential: return exp(log(decay.decay) / decay.scale * distance)
        case .linear:
            let end = decay.scale / (1 - decay.decay)
            return max(0, (end - distance) / end)
        }
    }

    @Test(arguments: decays) func theFactorIsThatOfTheFormula(decay: Decay) {
        for step in 0..<400 {
            let value = Double(step) / 4
            #expect(abs(decay.factor(value) - factor(decay, value)) < 1e-12)
        }
        #expect(decay.factor(decay.origin) == 1 && decay.factor(decay.origin - decay.offset) == 1)
        #expect(abs(decay.factor(decay.origin + decay.offset + decay.scale) - decay.decay) < 1e-12)
    }

    @Test(arguments: [Metric.l2, .cosine], decays)
    func hitsAreThoseOfThePlainSearchWeighed(metric: Metric, decay: Decay) throws {
        let fixture = try HybridFixture(seed: seed, metric: metric)
        var request = fixture.denseRequest(limit: 10)
        var wide = request
        (wide.limit, wide.outputFields) = (50, ["price"])
        request.reranker = .decay(decay, candidates: 50)
        request.offset = 3
        request.outputFields = ["group"]
        let result = try fixture.collection.search(request)
        let plain = try fixture.collection.search(wide)
        #expect(result.statistics == plain.statistics && result.plan.metric == metric)
        for (hits, candidates) in zip(result.hits, plain.hits) {
            let weighed = candidates.map { hit -> (key: PrimaryKey, score: Float) in
                guard case .double(let price)? = hit.fields["price"] else { return (hit.primaryKey, 0) }
                let isGiven = metric == .cosine && !decay.normalizes
                let score = isGiven ? Double(hit.score) : metric.normalized(Double(hit.score))
                return (hit.primaryKey, Float(score * decay.factor(price)))
            }
            let expected = weighed.sorted { $0.score != $1.score ? $0.score > $1.score : $0.key < $1.key }
            #expect(hits.map(\.primaryKey) == expected.dropFirst(3).prefix(10).map(\.key), "seed \(seed)")
            #expect(hits.map(\.score) == expected.dropFirst(3).prefix(10).map(\.score), "seed \(seed)")
            #expect(hits.allSatisfy { Set($0.fields.keys) == ["group"] })
        }
    }

    @Test(arguments: [Metric.l2, .cosine]) func boostsMultiplyTheScoresOfWhatMatches(metric: Metric) throws {
        let fixture = try HybridFixture(seed: seed, metric: metric)
        var request = fixture.denseRequest(limit: 40)
        request.outputFields = ["price", "group"]
        let plain = try fixture.collection.search(request)
        request.reranker = Reranker(
            .boosts([
                Boost(filter: "price < {p}", filterValues: ["p": 40], weight: 0.5),
                Boost(filter: "group == 'g3'", weight: 4),
            ]))
        let result = try fixture.collection.search(request)
        for (hits, candidates) in zip(result.hits, plain.hits) {
            let weighed = candidates.map { hit -> (key: PrimaryKey, score: Float) in
                var weight = 1.0
                if case .double(let price)? = hit.fields["price"], price < 40 { weight *= 0.5 }
                if hit.fields["group"] == "g3" { weight *= 4 }
                return (hit.primaryKey, Float(Double(hit.score) * weight))
            }
            let expected = weighed.sorted {
                $0.score != $1.score ? ($0.score > $1.score) == metric.prefersLarger : $0.key < $1.key
            }
            #expect(hits.map(\.primaryKey) == expected.map(\.key), "seed \(seed)")
            #expect(hits.map(\.score) == expected.map(\.score), "seed \(seed)")
        }
    }

    @Test func aHybridSearchWeighsWhatItsRankerMade() throws {
        let fixture = try HybridFixture(seed: seed)
        let requests = [fixture.denseRequest(), fixture.sparseRequest()]
        let decay = Self.decays[0]
        var request = HybridSearchRequest(requests: requests, limit: 100, outputFields: ["price"])
        let plain = try fixture.collection.hybridSearch(request)
        request.reranker = .decay(decay)
        let result = try fixture.collection.hybridSearch(request)
        for (hits, candidates) in zip(result.hits, plain.hits) {
            #expect(Set(hits.map(\.primaryKey)) == Set(candidates.map(\.primaryKey)))
            let before = Dictionary(uniqueKeysWithValues: candidates.map { ($0.primaryKey, $0.score) })
            for hit in hits {
                var weight = 0.0
                if case .double(let price)? = hit.fields["price"] { weight = decay.factor(price) }
                #expect(hit.score == Float(Double(before[hit.primaryKey]!) * weight), "seed \(seed)")
            }
            #expect(zip(hits, hits.dropFirst()).allSatisfy { $0.score >= $1.score })
        }
    }

    @Test func whatARerankerCannotUseIsRefused() throws {
        let fixture = try HybridFixture(seed: seed)
        func message(_ reranker: Reranker?, _ change: (inout SearchRequest) -> Void = { _ in }) -> String {
            var request = fixture.denseRequest(limit: 10)
            request.reranker = reranker
            change(&request)
            return #expect(throws: ApusError.self) { try fixture.collection.search(request) }?.message ?? ""
        }
        let good = Self.decays[0]
        func decay(_ change: (inout Decay) -> Void) -> Reranker {
            var decay = good
            change(&decay)
            return .decay(decay)
        }
        #expect(message(decay { $0.scale = 0 }).contains("scale"))
        #expect(message(decay { $0.offset = -1 }).contains("offset"))
        #expect(message(decay { $0.decay = 1 }).contains("decay"))
        #expect(message(decay { $0.origin = .nan }).contains("origin"))
        #expect(message(decay { $0.field = "group" }).contains("integers or floats"))
        #expect(message(decay { $0.field = "nothing" }).contains("nothing"))
        #expect(message(.decay(good, candidates: 9)).contains("candidates"))
        #expect(message(.boost(filter: "price > 1", weight: -1)).contains("weight"))
        #expect(message(.decay(good)) { $0.diversity = Diversity() }.contains("not both"))
        #expect(message(.decay(good)) { $0.grouping = Grouping(field: "group") }.contains("hybridSearch"))
    }
}
