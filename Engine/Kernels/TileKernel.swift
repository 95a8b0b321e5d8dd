import CKernels

/// Inner products of many float32 queries with many rows, computed in registers block by block.
///
/// Queries are packed into panels of `panelWidth` interleaved queries: `panel[j * panelWidth + q]` is element
/// `j` of query `q`. A panel is packed once and used against all rows.
struct TileKernel: Sendable {
    /// Queries of one panel.
    let panelWidth: Int

    private let packFunction: @convention(c) (UnsafePointer<Float>, Int, Int, Int, UnsafeMutablePointer<Float>) -> Void
    private let productsFunction:
        @convention(c) (
            UnsafePointer<Float>, UnsafePointer<Float>, Int, Int, Int, UnsafeMutablePointer<Float>
        ) -> Void

    init(_ table: apus_kernels) {
        panelWidth = table.panel_width
        packFunction = table.pack_panel
        productsFunction = table.tile
    }

    /// Packs `count` (at most `panelWidth`) queries that lie `strideElements` apart; the missing ones become zero.
    ///
    /// - Parameter panel: room for `dimension * panelWidth` elements.
    func pack(
        queries: UnsafePointer<Float>, strideElements: Int, count: Int, dimension: Int,
        panel: UnsafeMutablePointer<Float>
    ) {
        precondition(count >= 0 && count <= panelWidth, "a panel holds \(panelWidth) queries, not \(count)")
        packFunction(queries, strideElements, count, dimension, panel)
    }

    /// Writes the inner product (not negated) of row `r` and query `q` to `products[r * panelWidth + q]`.
    ///
    /// - Parameter products: room for `rowCount * panelWidth` elements.
    func innerProducts(
        panel: UnsafePointer<Float>, rows: UnsafePointer<Float>, strideElements: Int, rowCount: Int,
        dimension: Int, products: UnsafeMutablePointer<Float>
    ) {
        productsFunction(panel, rows, strideElements, rowCount, dimension, products)
    }
}
