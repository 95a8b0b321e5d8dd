import Common
import TestSupport
import Testing

@testable import Apus

/// Grouped search against groups made of the whole exact order.
@Suite struct GroupBySearchTests {
    private let seed = testSeed(404)

    @Test(arguments: SearchedIndex.allCases)
    func findsTheBestOfEachGroup(index: SearchedIndex) throws {
        let sample = try QuerySample(seed: seed, segments: [600, 200, 40], index: index.definition(.l2))
        let metric = index.metric(.l2)
        let groupings = ["color", "stock", "isNew", "id"].flatMap { field in
            [1, 3, 4].map { Grouping(field: field, size: $0, isStrict: $0 == 4) }
        }
        for grouping in groupings {
            let query = sample.vector()
            var request = SearchRequest(vectors: query, field: "v", limit: 4, outputFields: [grouping.field])
            request.grouping = grouping
            let hits = try sample.collection.search(request).hits[0]
            let expected = groups(sample, sample.nearest(query, metric).map(\.key), grouping, count: 4)
            #expect(Set(hits.map(\.primaryKey)).count == hits.count)
            for hit in hits { #expect(hit.group == hit.fields[grouping.field] && hit.group != nil) }
            if index.isExact {
                #expect(hits.map(\.integerKey) == expected.flatMap { $0 }, "\(grouping), seed \(seed)")
            } else {
                // As many groups and as many hits, if not always the same ones.
                #expect(
                    Set(hits.map { Array("\($0.group!)".utf8) }).count == expected.count, "\(grouping), seed \(seed)")
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
        let sample = try QuerySample(seed: seed, segments: [500, 100], index: SearchedIndex.hnsw.definition(.l2))
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
