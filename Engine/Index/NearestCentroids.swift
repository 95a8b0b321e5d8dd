/// Finds the nearest of many centroids for many rows, by Euclidean distance.
///
/// |x - c|^2 / 2 = |x|^2 / 2 + (|c|^2 / 2 - <x, c>), and the first term is the same for every centroid, so the
/// inner products of the tile kernel decide. Centroids are packed once. Ties go to the lower centroid.
final class NearestCentroids: @unchecked Sendable {
    // Sendable: the memory is written by the initialiser only.
    let count: Int
    let dimension: Int

    private let tile = Kernels.best.tile
    private let panelCount: Int
    private let panels: MemoryBlock
    /// |c|^2 / 2 of each centroid, infinite for the lanes behind the last one.
    private let halfSquares: MemoryBlock

    /// A block of rows and its products stay in the second-level cache while the panels pass by.
    private static let blockRows = 64

    init(_ centroids: FloatRows) {
        precondition(centroids.count > 0, "there is no nearest of no centroids")
        count = centroids.count
        dimension = centroids.dimension
        let width = tile.panelWidth
        panelCount = (count + width - 1) / width
        panels = MemoryBlock(byteCount: panelCount * width * dimension * 4)
        halfSquares = MemoryBlock(byteCount: panelCount * width * 4)
        let product = Kernels.best.negativeInnerProduct(.float32)
        for lane in 0..<panelCount * width {
            halfSquare(lane).pointee =
                lane < count
                ? -product.pair(centroids.row(lane), centroids.row(lane), dimension) / 2 : .infinity
        }
        for panel in 0..<panelCount {
            let first = panel * width
            tile.pack(
                queries: centroids.row(first), strideElements: centroids.strideElements,
                count: min(width, count - first), dimension: dimension, panel: panelBase(panel))
        }
    }

    /// Writes the nearest centroid of each row to `labels`, and what `NearestCentroids` calls the deciding term,
    /// |c|^2 / 2 - <x, c>, to `terms`.
    ///
    /// - Parameters:
    ///   - labels: room for one number a row.
    ///   - terms: room for one number a row; what is there before is overwritten.
    func assign(
        _ rows: FloatRows, labels: UnsafeMutablePointer<UInt32>, terms: UnsafeMutablePointer<Float>
    ) {
        precondition(rows.dimension == dimension)
        let products = UnsafeMutablePointer<Float>.allocate(capacity: Self.blockRows * tile.panelWidth)
        defer { products.deallocate() }
        for start in stride(from: 0, to: rows.count, by: Self.blockRows) {
            let block = rows[start..<min(start + Self.blockRows, rows.count)]
            (terms + start).initialize(repeating: .infinity, count: block.count)
            (labels + start).initialize(repeating: 0, count: block.count)
            for panel in 0..<panelCount {
                tile.innerProducts(
                    panel: panelBase(panel), rows: block.base, strideElements: block.strideElements,
                    rowCount: block.count, dimension: dimension, products: products)
                for row in 0..<block.count {
                    improve(products + row * tile.panelWidth, panel, &terms[start + row], &labels[start + row])
                }
            }
        }
    }

    /// The same on all workers of a team.
    func assign(
        _ rows: FloatRows, labels: UnsafeMutablePointer<UInt32>, terms: UnsafeMutablePointer<Float>,
        team: WorkerTeam
    ) {
        team.forEach(rows.count, grain: 16 * Self.blockRows) { range, _ in
            assign(rows[range], labels: labels + range.lowerBound, terms: terms + range.lowerBound)
        }
    }

    /// Takes over the least term of a panel if it is below `term`.
    @inline(__always)
    private func improve(
        _ products: UnsafePointer<Float>, _ panel: Int, _ term: inout Float, _ label: inout UInt32
    ) {
        let halves = halfSquare(panel * tile.panelWidth)
        var least = SIMD4<Float>(repeating: .infinity)
        for lane in stride(from: 0, to: tile.panelWidth, by: 4) {
            let terms = Self.four(halves + lane) - Self.four(products + lane)
            least.replace(with: terms, where: terms .< least)
        }
        let best = least.min()
        guard best < term else { return }
        term = best
        for lane in 0..<tile.panelWidth where halves[lane] - products[lane] == best {
            label = UInt32(panel * tile.panelWidth + lane)
            return
        }
    }

    @inline(__always)
    private static func four(_ values: UnsafePointer<Float>) -> SIMD4<Float> {
        UnsafeRawPointer(values).loadUnaligned(as: SIMD4<Float>.self)
    }

    @inline(__always)
    private func panelBase(_ panel: Int) -> UnsafeMutablePointer<Float> {
        panels.base.assumingMemoryBound(to: Float.self) + panel * tile.panelWidth * dimension
    }

    @inline(__always)
    private func halfSquare(_ lane: Int) -> UnsafeMutablePointer<Float> {
        halfSquares.base.assumingMemoryBound(to: Float.self) + lane
    }
}
