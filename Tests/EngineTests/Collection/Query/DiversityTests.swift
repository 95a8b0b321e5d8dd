import Common
import TestSupport
import Testing

@testable import Apus

/// Diverse answers against a greedy choice among the hits of the plain search, with similarities computed here.
@Suite struct DiversityTests {
    private let seed = testSeed(233)

    private func similarity(_ left: Value, _ right: Value, _ metric: Metric) -> Double {
        if case .sparseVector(let left) = left, case .sparseVector(let right) = right {
            let values = Dictionary(uniqueKeysWithValues: left.entries.map { ($0.index, $0.value) })
            let product = right.entries.reduce(0.0) { $0 + Double(values[$1.index] ?? 0) * Double($1.value) }
            return metric.normalized(product)
        }
        guard case .vector(let left) = left, case .vector(let right) = right else { return 0 }
        let product = Double(VectorMath.dot(left, right))
        switch metric {
        case .l2: return metric.normalized(zip(left, right).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) })
        case .cosine:
            let norms = Double(VectorMath.dot(left, left) * VectorMath.dot(right, right)).squareRoot()
            return metric.normalized(product / norms)
        default: return metric.normalized(product)
        }
    }

    /// The value of each step of a choice, so that roundings do not matter where two candidates are all but equal.
    private func values(
        of chosen: [PrimaryKey], among candidates: [Hit], lambda: Double, relevance: Metric, field: String,
        likeness: Metric
    ) -> [(value: Double, best: Double)] {
        let vectors = candidates.map { $0.fields[field]! }
        var before: [Int] = []
        return chosen.map { key in
            let values = candidates.indices.map { place -> Double in
                guard !before.contains(place) else { return -.infinity }
                let redundancy = before.map { similarity(vectors[$0], vectors[place], likeness) }.max() ?? 0
                return lambda * relevance.normalized(Double(candidates[place].score)) - (1 - lambda) * redundancy
            }
            let place = candidates.firstIndex { $0.primaryKey == key }!
            before.append(place)
            return (values[place], values.max()!)
        }
    }

    private func expectGreedy(
        _ fixture: HybridFixture, _ plain: SearchRequest, _ relevance: Metric, field: String, _ likeness: Metric,
        named: String? = nil
    ) throws {
        var wide = plain
        (wide.limit, wide.outputFields) = (40, [field])
        let candidates = try fixture.collection.search(wide)
        for lambda in [0, 0.4, 0.7, 1] {
            var request = plain
            request.diversity = Diversity(lambda: lambda, candidates: 40, field: named)
            let result = try fixture.collection.search(request)
            #expect(result.statistics == candidates.statistics)
            for (hits, candidates) in zip(result.hits, candidates.hits) {
                #expect(hits.count == min(plain.limit, candidates.count), "seed \(seed)")
                #expect(Set(hits.map(\.primaryKey)).count == hits.count, "seed \(seed)")
                let steps = values(
                    of: hits.map(\.primaryKey), among: candidates, lambda: lambda, relevance: relevance,
                    field: field, likeness: likeness)
                for step in steps { #expect(step.value >= step.best - 1e-6, "lambda \(lambda), seed \(seed)") }
                guard lambda == 1 else { continue }
                #expect(hits.map(\.primaryKey) == candidates.prefix(plain.limit).map(\.primaryKey), "seed \(seed)")
                #expect(hits.map(\.score) == candidates.prefix(plain.limit).map(\.score), "seed \(seed)")
            }
        }
    }

    @Test(arguments: [Metric.l2, .cosine, .innerProduct])
    func everyStepTakesTheBestCandidate(metric: Metric) throws {
        let fixture = try HybridFixture(seed: seed, metric: metric, sparse: .innerProduct)
        try expectGreedy(fixture, fixture.denseRequest(limit: 8), metric, field: "vector", metric)
        try expectGreedy(fixture, fixture.sparseRequest(limit: 8), .innerProduct, field: "words", .innerProduct)
    }

    @Test func textsAreComparedByTheirVectors() throws {
        let fixture = try HybridFixture(seed: seed, metric: .cosine)
        try expectGreedy(
            fixture, fixture.sparseRequest(limit: 8), .bm25, field: "vector", .cosine, named: "vector")
    }

    @Test func diversityGoesOnBehindAnOffset() throws {
        let fixture = try HybridFixture(seed: seed)
        var request = fixture.denseRequest(limit: 12)
        request.diversity = Diversity(candidates: 60)
        let whole = try fixture.collection.search(request)
        (request.limit, request.offset) = (7, 5)
        let rest = try fixture.collection.search(request)
        #expect(rest.hits == whole.hits.map { Array($0.dropFirst(5)) }, "seed \(seed)")
    }

    @Test func whatDiversityCannotUseIsRefused() throws {
        let fixture = try HybridFixture(seed: seed)
        func message(_ request: SearchRequest, _ diversity: Diversity) -> String {
            var request = request
            request.diversity = diversity
            return #expect(throws: ApusError.self) { try fixture.collection.search(request) }?.message ?? ""
        }
        let dense = fixture.denseRequest(limit: 10)
        for lambda in [-0.1, 1.1, Double.nan] { #expect(message(dense, Diversity(lambda: lambda)).contains("0 to 1")) }
        #expect(message(dense, Diversity(candidates: 9)).contains("candidates"))
        #expect(message(dense, Diversity(field: "price")).contains("price"))
        #expect(message(fixture.sparseRequest(), Diversity()).contains("another vector field"))
    }
}
