import Common
import TestSupport
import Testing

@testable import Apus

/// Grouped search against groups made of the whole exact order.
@Suite struct GroupBySearchTests {
    private let seed = testSeed(404)

    @Test(arguments: SearchedIndex.allCases, ["color", "stock", "isNew", "id"])
    func findsTheBestOfEachGroup(index: SearchedIndex, field: String) throws {
        let sample = try QuerySample(seed: seed, segments: [900, 500, 60], index: index.definition(.l2))
        let metric = index.metric(.l2)
        for grouping in [Grouping(field: field), .init(field: field, size: 3), .init(field: field, size: 4, isStrict: true)] {
            let query = sample.vector()
            var request = SearchRequest(vectors: query, field: "v", limit: 4, outputFields: [field])
            request.grouping = grouping
            let hits = try sample.collection.search(request).hits[0]
            let expected = groups(sample, sample.nearest(query, metric).map(\.key), grouping, count: 4)
            #expect(Set(hits.map(\.primaryKey)).count == hits.count)
            for hit in hits { #expect(hit.group == hit.fields[field] && hit.group != nil) }
            if index.isExact {
                #expect(hits.map(\.integerKey) == expected.flatMap { $0 }, "\(grouping), seed \(seed)")
            } else {
                // As many groups and as many hits, if not always the same ones.
                #expect(Set(hits.map { "\($0.group!)" }).count == expected.count, "\(grouping), seed \(seed)")
                if grouping.size == 1 || grouping.isStrict {
                    #expect(hits.count == expected.reduce(0) { $0 + $1.count }, "\(grouping), seed \(seed)")
                }
            }
        }
    }

    /// The definition: groups by their first hit, and unless the grouping is strict nothing behind the last of these.
    private func groups(_ sample: QuerySample, _ order: [Int64], _ grouping: Grouping, count: Int) -> [[Int64]] {
        var places: [[UInt8]: Int] = [:]
        var groups: [[Int64]] = []
        for key in order {
            let value = Array("\(sample.rows[key]![grouping.field]!)".utf8)
            if let place = places[value] {
                if groups[place].count < grouping.size { groups[place].append(key) }
            } else if groups.count < count {
                places[value] = groups.count
                groups.append([key])
            }
            if groups.count == count, !grouping.isStrict { break }
        }
        return groups
    }

    @Test func allGroupsAreFoundWhereTheLimitIsLarger() throws {
        let sample = try QuerySample(seed: seed, segments: [900, 100], index: SearchedIndex.hnsw.definition(.l2))
        var request = SearchRequest(vectors: sample.vector(), field: "v", limit: 100)
        request.grouping = Grouping(field: "stock", size: 2, isStrict: true)
        let hits = try sample.collection.search(request).hits[0]
        // From -5 to 5, and null.
        #expect(hits.count == 24, "seed \(seed)")
    }

    @Test func anOffsetPassesOverGroups() throws {
        let sample = try QuerySample(seed: seed)
        var request = SearchRequest(vectors: sample.vector(), field: "v", limit: 5)
        request.grouping = Grouping(field: "stock", size: 2, isStrict: true)
        let all = try sample.collection.search(request).hits[0]
        request.limit = 3
        request.offset = 2
        #expect(try sample.collection.search(request).hits[0] == Array(all[4...]), "seed \(seed)")
    }
}
