import Apus
import Common
import Testing

@testable import ApusTool

@Suite struct StandardBuildTests {
    @Test func listsGrowWithTheRowsAndCanBeTrained() {
        #expect(StandardBuild(rows: 1_000_000, dimension: 1).lists == 4_096)
        #expect(StandardBuild(rows: 20_000, dimension: 1).lists == 512)
        #expect(StandardBuild(rows: 10, dimension: 1).lists == 1)
        var last = 0
        for rows in stride(from: 1, to: 3_000_000, by: 9_973) {
            let lists = StandardBuild(rows: rows, dimension: 1).lists
            #expect(lists >= last && lists <= 65_536 && (lists == 1 || lists * 39 <= rows))
            last = lists
        }
    }

    @Test(arguments: [1, 2, 7, 8, 96, 100, 384, 769])
    func codesDivideTheDimension(dimension: Int) {
        let codes = StandardBuild(rows: 1, dimension: dimension).codes
        #expect(dimension % codes == 0)
        #expect(codes == 1 || dimension / codes >= 4)
    }

    @Test func everySpecificationIsAccepted() throws {
        for type in IndexType.allCases {
            let specification = StandardBuild(rows: 20_000, dimension: 96).specification(type)
            _ = try IndexDefinition(specification, metric: .l2)
        }
        #expect(!StandardBuild.types.contains(.binFlat) && !StandardBuild.types.contains(.sparseWAND))
    }
}

@Suite struct SearchSweepTests {
    private func path(_ axes: [SearchSweep.Axis], _ recall: @escaping ([Int]) -> Double) throws -> [[Int]] {
        try SearchSweep(axes: axes).run(recall).map(\.values)
    }

    private let ef = SearchSweep.Axis(name: "ef", start: 10, end: 1_000)

    @Test func doublingEndsWhereRecallStays() throws {
        let levels = [10: 0.95, 20: 0.97, 40: 0.98, 80: 0.9815, 160: 0.99]
        #expect(try path([ef]) { levels[$0[0]] ?? 0 } == [[10], [20], [40]])
    }

    @Test func doublingEndsWhereNothingIsMissing() throws {
        #expect(try path([ef]) { $0[0] >= 40 ? 0.9995 : 0.9 + Double($0[0]) / 1_000 }.last == [40])
    }

    @Test func doublingStopsAtTheEnd() throws {
        let axis = SearchSweep.Axis(name: "nprobe", start: 1, end: 6)
        let values = try path([axis]) { Double($0[0]) / 10 }
        #expect(values.last == [6])
        #expect(values == values.sorted { $0[0] < $1[0] })
    }

    @Test func widelySpacedSettingsGetOneBetween() throws {
        let levels = [10: 0.80, 14: 0.88, 20: 0.95, 40: 0.951]
        #expect(try path([ef]) { levels[$0[0]] ?? 0 } == [[10], [14], [20]])
    }

    /// Recall is bounded by the scarcer of two parameters, so only turns of both reach the top.
    @Test func twoParametersGrowInTurns() throws {
        let axes = [
            SearchSweep.Axis(name: "nprobe", start: 1, end: 64),
            SearchSweep.Axis(name: "reorder_k", start: 4, end: 1_024),
        ]
        let values = try path(axes) { 1 - 0.5 / Double($0[0]) - 2 / Double($0[1]) }
        let last = try #require(values.last)
        // From 512 to 1,024 the second gains 0.00195, which is not worth twice the work.
        #expect(last == [64, 512])
        for (low, high) in zip(values, values.dropFirst()) { #expect(low[0] <= high[0] && low[1] <= high[1]) }
    }

    @Test func neitherAloneHelps() throws {
        let axes = [SearchSweep.Axis(name: "a", start: 1, end: 8), SearchSweep.Axis(name: "b", start: 1, end: 8)]
        let values = try path(axes) { Double(min($0[0], $0[1])) / 10 }
        #expect(values.last == [8, 8])
    }

    @Test func axesComeFromTheIndex() throws {
        func names(_ index: String) throws -> [String] {
            let definition = try IndexDefinition(parseIndexSpecification(index), metric: .l2)
            return SearchSweep(definition, rows: 1_000, k: 10).axes.map(\.name)
        }
        #expect(try names("FLAT") == [])
        #expect(try names("HNSW") == ["ef"])
        #expect(try names("IVF_PQ(m=4)") == ["nprobe"])
        #expect(try names("IVF_PQ(m=4,refine=true)") == ["nprobe", "refine_k"])
        #expect(try names("SCANN") == ["nprobe", "reorder_k"])
        #expect(try names("DISKANN") == ["search_list"])
        #expect(try names("AUTOINDEX") == ["level"])
        let lists = try IndexDefinition(parseIndexSpecification("IVF_FLAT(nlist=32)"), metric: .l2)
        #expect(SearchSweep(lists, rows: 1_000, k: 10).axes == [.init(name: "nprobe", start: 1, end: 32)])
    }
}

@Suite struct PassTimesTests {
    private let millisecond: UInt64 = 1_000_000

    @Test func longPassesStandAlone() {
        let ends = [20, 30, 70].map { $0 * millisecond }
        #expect(PassTimes.rates(ends: ends, start: 0, queries: 10) == [500, 1_000, 250])
    }

    @Test func shortPassesArePutTogether() {
        let ends = [4, 8, 12, 16, 20, 24].map { $0 * millisecond }
        #expect(PassTimes.rates(ends: ends, start: 0, queries: 4) == [1_000, 1_000])
        #expect(PassTimes.rates(ends: [millisecond, 2 * millisecond], start: 0, queries: 4) == [4_000])
        #expect(PassTimes.rates(ends: [UInt64](), start: 5, queries: 4).isEmpty)
    }
}
