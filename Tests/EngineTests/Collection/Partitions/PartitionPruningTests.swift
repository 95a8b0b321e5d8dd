import Common
import TestSupport
import Testing

@testable import Apus

/// A filter that pins the partition key is answered from few partitions, and no filter is answered otherwise than
/// without partitions.
@Suite struct PartitionPruningTests {
    private static let tenants = (0..<12).map { "tenant \($0)" }

    private func fixture(partitionKey: Bool, tenants: [String] = tenants) throws -> PartitionFixture {
        let fixture = try PartitionFixture(
            partitionKey: partitionKey, definition: IndexDefinition(.flat, metric: .l2), partitionCount: 4)
        for (number, tenant) in Self.tenants.enumerated() where tenants.contains(tenant) {
            let first = Int64(number) * 50
            try fixture.collection.insert(PartitionFixture.fields(first..<first + 50, tenant: tenant))
        }
        try fixture.collection.flush()
        try fixture.collection.load()
        return fixture
    }

    private func search(_ collection: Collection, _ filter: String, query: Int64 = -3) throws -> SearchResult {
        var request = PartitionFixture.request(limit: 20, query: query)
        request.filter = filter
        return try collection.search(request)
    }

    private func partition(_ tenant: String, _ collection: Collection) -> UInt32 {
        PartitionKey.partition(of: .text(tenant), schema: collection.schema)!
    }

    @Test func onlyPartitionsThatCanMatchAreSearched() throws {
        let collection = try fixture(partitionKey: true).collection
        let all = Set(Self.tenants.map { partition($0, collection) })
        #expect(collection.state.sealed.count == all.count)
        func expect(_ filter: String, _ tenants: [String]?) throws {
            let searched = tenants.map { Set($0.map { partition($0, collection) }) } ?? all
            #expect(try search(collection, filter).statistics.segmentsSearched == searched.count, "\(filter)")
        }
        try expect("tenant == 'tenant 3'", ["tenant 3"])
        try expect("'tenant 3' == tenant", ["tenant 3"])
        try expect("tenant in ['tenant 3', 'tenant 5']", ["tenant 3", "tenant 5"])
        try expect("tenant == 'tenant 3' or tenant == 'tenant 7'", ["tenant 3", "tenant 7"])
        try expect("tenant == 'tenant 3' and id < 1000", ["tenant 3"])
        try expect("not (tenant != 'tenant 3')", ["tenant 3"])
        try expect("tenant == 'tenant 3' or id < 1000", nil)
        try expect("not (tenant == 'tenant 3')", nil)
        try expect("tenant like 'tenant%'", nil)
        try expect("tenant == 'nobody' and tenant == 'tenant 1'", [])
        var request = QueryRequest(filter: "tenant == 'tenant 3'")
        request.limit = 100
        #expect(try collection.query(request).rows.count == 50)
    }

    @Test func resultsAreThoseWithoutPartitions() throws {
        let divided = try fixture(partitionKey: true).collection
        let whole = try fixture(partitionKey: false).collection
        var random = RandomSource(seed: testSeed(61))
        for _ in 0..<60 {
            let filter = randomFilter(depth: 3, &random)
            let query = Int64.random(in: -900 ..< -100, using: &random)
            let (found, wanted) = (try search(divided, filter, query: query), try search(whole, filter, query: query))
            #expect(found.hits == wanted.hits, "\(filter), seed \(testSeed(61))")
        }
    }

    private func randomFilter(depth: Int, _ random: inout RandomSource) -> String {
        let tenant = Self.tenants.randomElement(using: &random)!
        switch Int.random(in: depth > 0 ? 0..<7 : 3..<7, using: &random) {
        case 0: return "(\(randomFilter(depth: depth - 1, &random)) and \(randomFilter(depth: depth - 1, &random)))"
        case 1: return "(\(randomFilter(depth: depth - 1, &random)) or \(randomFilter(depth: depth - 1, &random)))"
        case 2: return "(not (\(randomFilter(depth: depth - 1, &random))))"
        case 3: return "tenant == '\(tenant)'"
        case 4: return "tenant in ['\(tenant)', 'tenant 2', 'a value that is too long for the field']"
        case 5: return "tenant != '\(tenant)'"
        default: return "id < \(Int.random(in: 0..<600, using: &random))"
        }
    }

    /// Tenants that share a hashed partition are divided by the filter: each finds what it would find alone.
    @Test(arguments: [true, false])
    func tenantsOfOnePartitionAreDividedExactly(isSealed: Bool) throws {
        let shared = try fixture(partitionKey: true).collection
        for tenant in Self.tenants {
            let alone = try fixture(partitionKey: true, tenants: [tenant]).collection
            if !isSealed {
                for collection in [shared, alone] {
                    let key = Int64(Self.tenants.firstIndex(of: tenant)!)
                    try collection.upsert(PartitionFixture.fields(5_000 + key..<5_001 + key, tenant: tenant))
                }
            }
            for query in -5..<0 as Range<Int64> {
                let filter = "tenant == '\(tenant)'"
                #expect(
                    try search(shared, filter, query: query).hits == search(alone, filter, query: query).hits,
                    "\(tenant), query \(query)")
            }
        }
    }
}
