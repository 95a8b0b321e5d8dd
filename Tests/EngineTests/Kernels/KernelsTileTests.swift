import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct KernelsTileTests {
    @Test(arguments: Kernels.available)
    func productsAgreeWithTheReference(kernels: Kernels) {
        let seed = testSeed(41)
        var random = RandomSource(seed: seed)
        for (dimension, rowCount) in [(1, 1), (3, 0), (7, 8), (17, 13), (128, 7), (384, 3), (32_768, 1)] {
            for queryCount in Set([0, 1, 3, kernels.tile.panelWidth]) {
                check(kernels.tile, dimension, rowCount, queryCount, "seed \(seed)", &random)
            }
        }
    }

    /// Whole numbers below 2^24 in total make every sum exact in any order.
    private func check(
        _ tile: TileKernel, _ dimension: Int, _ rowCount: Int, _ queryCount: Int, _ note: String,
        _ random: inout RandomSource
    ) {
        let stride = dimension + 3
        func matrix(_ count: Int) -> [Float] {
            (0..<count * stride).map { _ in Float(Int.random(in: -8...8, using: &random)) }
        }
        let queries = matrix(max(queryCount, 1))
        let rows = matrix(max(rowCount, 1))
        var panel = [Float](repeating: .nan, count: dimension * tile.panelWidth)
        var products = [Float](repeating: .nan, count: rowCount * tile.panelWidth + 1)
        tile.pack(
            queries: queries, strideElements: stride, count: queryCount, dimension: dimension, panel: &panel)
        tile.innerProducts(
            panel: panel, rows: rows, strideElements: stride, rowCount: rowCount, dimension: dimension,
            products: &products)
        for row in 0..<rowCount {
            for query in 0..<tile.panelWidth {
                let expected = query < queryCount ? product(queries, query, rows, row, stride, dimension) : 0
                #expect(
                    products[row * tile.panelWidth + query] == expected,
                    "dimension \(dimension), row \(row) of \(rowCount), query \(query) of \(queryCount), \(note)"
                )
            }
        }
        #expect(products[rowCount * tile.panelWidth].isNaN, "wrote past \(rowCount) rows")
    }

    private func product(
        _ queries: [Float], _ query: Int, _ rows: [Float], _ row: Int, _ stride: Int, _ dimension: Int
    ) -> Float {
        var sum: Float = 0
        for j in 0..<dimension { sum += queries[query * stride + j] * rows[row * stride + j] }
        return sum
    }
}
