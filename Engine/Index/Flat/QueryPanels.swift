/// Queries packed for the tile kernel, with the test by which a row is dropped on its inner product alone.
///
/// Let u = 2^-24, g = (d + 8) u and N = |q|^2 + |x|^2. A sum of d products in float32, in any order, fused or not,
/// errs by at most d u / (1 - d u) times the sum of the absolute products (Higham, Accuracy and Stability of
/// Numerical Algorithms, chapter 3), which is at most |q||x| <= N / 2 for an inner product. So a computed inner
/// product errs by at most g N / 2, the computed squares together by g N, and the distance of the pair kernel by
/// g |q - x|^2 <= 2 g N for L2 and by g N / 2 for inner products. With |q - x|^2 = N - 2 qx, a row whose pair
/// distance is within the bound b has a computed product p of at least
///
///     L2:              (N - b) / 2 - 2 g N        tested with a slack of 4 g N
///     inner product:   -b - g N                   tested with a slack of 2 g N
///
/// The other half of the slack covers the rounding of the test itself, a few terms of the size of N: where b is
/// far larger than N, every product passes. Squares too large for the sums count as passed, and a constant
/// covers products that underflow.
struct QueryPanels: ~Copyable {
    /// Panels.
    let count: Int

    private let metric: Metric
    private let dimension: Int
    private let slack: Float
    private let panelWidth: Int
    private let product = Kernels.best.negativeInnerProduct(.float32)
    private let packed: MemoryBlock
    /// For each query |q|^2 or infinity, and the least product of a row whose own term is zero.
    private let squares: UnsafeMutablePointer<Float>
    private let limits: UnsafeMutablePointer<Float>

    /// Above this, sums of squares may overflow.
    private static let largestSquare: Float = 1e37

    init(_ queries: QueryBlock, metric: Metric) {
        let tile = Kernels.best.tile
        self.metric = metric
        dimension = queries.dimension
        panelWidth = tile.panelWidth
        count = (queries.count + tile.panelWidth - 1) / tile.panelWidth
        let rounding = Float(queries.dimension + 8) * 0x1p-24
        slack = rounding * (metric == .l2 ? 4 : 2)
        packed = MemoryBlock(byteCount: count * tile.panelWidth * queries.dimension * 4)
        squares = .allocate(capacity: count * tile.panelWidth)
        limits = .allocate(capacity: count * tile.panelWidth)
        limits.initialize(repeating: .infinity, count: count * tile.panelWidth)
        for query in 0..<queries.count {
            let vector = queries.floats(query)
            squares[query] = -product.pair(vector, vector, dimension)
        }
        for panel in 0..<count {
            let first = panel * tile.panelWidth
            tile.pack(
                queries: queries.floats(first), strideElements: dimension,
                count: min(tile.panelWidth, queries.count - first), dimension: dimension,
                panel: packed.base.assumingMemoryBound(to: Float.self) + first * dimension)
        }
    }

    deinit {
        squares.deallocate()
        limits.deallocate()
    }

    func base(_ panel: Int) -> UnsafePointer<Float> {
        UnsafePointer(packed.base.assumingMemoryBound(to: Float.self) + panel * panelWidth * dimension)
    }

    /// Says that rows farther than `bound` from a query need not be found.
    func setBound(_ bound: Float, of query: Int) {
        let constant = Float(dimension) * .leastNormalMagnitude
        let ownTerm = term(square: squares[query])
        limits[query] = ownTerm - (metric == .l2 ? bound / 2 : bound) - constant
        if ownTerm == -.infinity || bound == .infinity { limits[query] = -.infinity }
    }

    /// What a row adds to the least products of all queries.
    func term(of row: UnsafeRawPointer) -> Float {
        term(square: -product.pair(row, row, dimension))
    }

    private func term(square: Float) -> Float {
        guard square < Self.largestSquare else { return -.infinity }
        return metric == .l2 ? square * (0.5 - slack) : -square * slack
    }

    /// Whether a row may be within the bound of a query. NaN counts as yes.
    @inline(__always)
    func mayEnter(_ query: Int, product: Float, rowTerm: Float) -> Bool {
        !(product < limits[query] + rowTerm)
    }

    /// Whether a row may be within the bound of any query of a panel.
    @inline(__always)
    func mayEnter(_ panel: Int, _ products: UnsafePointer<Float>, rowTerm: Float) -> Bool {
        let limits = UnsafeRawPointer(limits + panel * panelWidth)
        let products = UnsafeRawPointer(products)
        var below = SIMD4<Int32>(repeating: -1)
        for offset in stride(from: 0, to: panelWidth * 4, by: 16) {
            let product = products.loadUnaligned(fromByteOffset: offset, as: SIMD4<Float>.self)
            let limit = limits.loadUnaligned(fromByteOffset: offset, as: SIMD4<Float>.self)
            below &= unsafeBitCast(product .< limit + rowTerm, to: SIMD4<Int32>.self)
        }
        let words = unsafeBitCast(below, to: SIMD2<UInt64>.self)
        return words[0] & words[1] != .max
    }
}
