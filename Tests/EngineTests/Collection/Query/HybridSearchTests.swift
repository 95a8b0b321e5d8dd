import Common
import TestSupport
import Testing

@testable import Apus

/// Hybrid searches against the searches that they are made of.
@Suite struct HybridSearchTests {
    private let seed = testSeed(227)

    @Test(arguments: [Metric.l2, .cosine, .innerProduct])
    func oneRequestGivesWhatTheSearchGives(metric: Metric) throws {
        let fixture = try HybridFixture(seed: seed, metric: metric)
        for request in [fixture.denseRequest(), fixture.sparseRequest()] {
            let single = try fixture.collection.search(request)
            let hybrid = try fixture.collection.hybridSearch(
                HybridSearchRequest(requests: [request], ranker: .best(normalizes: false), limit: request.limit))
            #expect(hybrid.hits == single.hits, "seed \(seed)")
            #expect(hybrid.statistics == single.statistics)
            #expect(hybrid.plans == [single.plan])
            let ranks = try fixture.collection.hybridSearch(
                HybridSearchRequest(requests: [request], limit: request.limit))
            #expect(ranks.hits.map { $0.map(\.primaryKey) } == single.hits.map { $0.map(\.primaryKey) })
        }
    }

    @Test func partsAreFusedQueryByQuery() throws {
        let fixture = try HybridFixture(seed: seed)
        for ranker in [Ranker.rrf(k: 10), .weighted([0.3, 0.9]), .weighted([0.5, 0.1], normalizes: false), .best()] {
            let requests = [fixture.denseRequest(), fixture.sparseRequest(limit: 7)]
            let parts = try requests.map { try fixture.collection.search($0) }
            let hybrid = try fixture.collection.hybridSearch(
                HybridSearchRequest(
                    requests: requests, ranker: ranker, limit: 9, offset: 2, outputFields: ["price", "group"]))
            for (query, hits) in hybrid.hits.enumerated() {
                let fused = ranker.fuse(parts.map { PartAnswer(metric: $0.plan.metric, hits: $0.hits[query]) })
                let expected = fused.entities.dropFirst(2).prefix(9)
                #expect(hits.map(\.primaryKey) == expected.map(\.key), "\(ranker), seed \(seed)")
                #expect(hits.map(\.score) == expected.map(\.score), "\(ranker), seed \(seed)")
                #expect(Set(hits.map(\.primaryKey)).count == hits.count)
                for name in ["price", "group"] {
                    #expect(hits.map { $0.fields[name]! } == (try fixture.values(name, hits.map(\.primaryKey))))
                }
            }
            var statistics = SearchStatistics()
            for part in parts { statistics.add(part.statistics) }
            #expect(hybrid.statistics == statistics)
            #expect(hybrid.plans.map(\.metric) == [.l2, .bm25])
        }
    }

    @Test func everyPartHasItsOwnFilter() throws {
        let fixture = try HybridFixture(seed: seed)
        var (dense, sparse) = (fixture.denseRequest(limit: 15), fixture.sparseRequest(limit: 15))
        dense.filter = "price < {most}"
        dense.filterValues = ["most": 30]
        sparse.filter = "group in ['g1', 'g2'] and price >= 30"
        let parts = try [dense, sparse].map { try fixture.collection.search($0) }
        let hybrid = try fixture.collection.hybridSearch(
            HybridSearchRequest(requests: [dense, sparse], limit: 30, outputFields: ["price", "group"]))
        for (query, hits) in hybrid.hits.enumerated() {
            let fused = Ranker.rrf().fuse(parts.map { PartAnswer(metric: $0.plan.metric, hits: $0.hits[query]) })
            #expect(hits.map(\.primaryKey) == fused.entities.map(\.key), "seed \(seed)")
            #expect(!parts[0].hits[query].isEmpty && !parts[1].hits[query].isEmpty)
            for hit in hits {
                guard case .double(let price)? = hit.fields["price"] else {
                    Issue.record("an entity without a price was found, seed \(seed)")
                    continue
                }
                let isOfText = price >= 30 && ["g1", "g2"].contains(hit.fields["group"])
                #expect(price < 30 || isOfText, "seed \(seed)")
            }
        }
    }

    @Test func aPartThatFindsNothingAddsNothing() throws {
        let fixture = try HybridFixture(seed: seed)
        let dense = fixture.denseRequest(queries: 1)
        let nothing = SearchRequest(queries: .sparse([.empty]), field: "words", limit: 10)
        let hybrid = try fixture.collection.hybridSearch(
            HybridSearchRequest(requests: [dense, nothing, nothing], limit: 20))
        let single = try fixture.collection.search(dense)
        #expect(hybrid.hits[0].map(\.primaryKey) == single.hits[0].map(\.primaryKey))
        let empty = try fixture.collection.hybridSearch(
            HybridSearchRequest(requests: [nothing], ranker: .weighted([1]), limit: 5))
        #expect(empty.hits == [[]])
        let past = try fixture.collection.hybridSearch(HybridSearchRequest(requests: [dense], limit: 5, offset: 900))
        #expect(past.hits == [[]])
    }

    @Test(arguments: [1, 3]) func groupsOfOneRequestAreThoseOfTheSearch(size: Int) throws {
        let fixture = try HybridFixture(seed: seed)
        var request = fixture.denseRequest(limit: 5)
        var hybrid = HybridSearchRequest(
            requests: [request], ranker: .best(normalizes: false), limit: 5,
            grouping: Grouping(field: "group", size: size, isStrict: true))
        request.grouping = hybrid.grouping
        let single = try fixture.collection.search(request)
        #expect(try fixture.collection.hybridSearch(hybrid).hits == single.hits, "seed \(seed)")
        hybrid.requests.append(fixture.sparseRequest())
        hybrid.offset = 1
        for hits in try fixture.collection.hybridSearch(hybrid).hits {
            let groups = Dictionary(grouping: hits, by: { $0.group! })
            #expect(groups.count <= 5 && groups.values.allSatisfy { $0.count <= size }, "seed \(seed)")
            #expect(try fixture.values("group", hits.map(\.primaryKey)) == hits.map { $0.group! }, "seed \(seed)")
        }
    }

    @Test func oneFieldMayBeSearchedTwice() throws {
        let fixture = try HybridFixture(seed: seed, metric: .cosine)
        let request = fixture.denseRequest(queries: 2, limit: 10)
        let hybrid = try fixture.collection.hybridSearch(
            HybridSearchRequest(
                requests: [request, request], ranker: .weighted([0.25, 0.75], normalizes: false), limit: 10))
        let single = try fixture.collection.search(request)
        #expect(hybrid.hits.map { $0.map(\.primaryKey) } == single.hits.map { $0.map(\.primaryKey) })
        for (hit, expected) in zip(hybrid.hits.joined(), single.hits.joined()) {
            #expect(abs(hit.score - expected.score) < 1e-6)
        }
    }

    @Test func whatDoesNotFitIsRefusedWithTheRemedy() throws {
        let fixture = try HybridFixture(seed: seed)
        let dense = fixture.denseRequest(queries: 1)
        func message(_ request: HybridSearchRequest) -> String {
            let error = #expect(throws: ApusError.self) { try fixture.collection.hybridSearch(request) }
            return error?.message ?? ""
        }
        #expect(message(HybridSearchRequest(requests: [], limit: 1)).contains("1 to 1024"))
        #expect(message(HybridSearchRequest(requests: [dense], limit: 0)).contains("limit"))
        #expect(message(HybridSearchRequest(requests: [dense], limit: 16_384, offset: 1)).contains("16384"))
        #expect(message(HybridSearchRequest(requests: [dense], limit: 1, offset: -1)).contains("offset"))
        #expect(
            message(HybridSearchRequest(requests: [dense, fixture.sparseRequest(queries: 2)], limit: 1))
                .contains("request 1"))
        var part = dense
        part.outputFields = ["price"]
        #expect(message(HybridSearchRequest(requests: [dense, part], limit: 1)).contains("request 1"))
        part = dense
        part.field = "nothing"
        #expect(message(HybridSearchRequest(requests: [dense, part], limit: 1)).contains("request 1"))
        #expect(message(HybridSearchRequest(requests: [dense], limit: 1, outputFields: ["none"])).contains("none"))
        try fixture.collection.release()
        #expect(message(HybridSearchRequest(requests: [dense], limit: 1)).contains("load"))
    }
}
