/// What a search needs in memory: compact codes of all nodes, the links above level 0, and which rows the nodes are.
///
/// Nodes are numbered in their order on disk, and those above level 0 come first, so their graph is an ordinary one over the
/// first codes, one level lower.
final class DiskANNNavigator: Sendable {
    let layout: DiskANNLayout
    let rowCount: Int
    /// The row of each node.
    let rows: [UInt32]
    /// The levels above 0, as the levels from 0 on of a graph over nodes 0 ..< `upper.rowCount`.
    let upper: HNSWGraph
    /// Of rows, not of nodes: the representative has a node, the members have none.
    let duplicates: DuplicateGroups
    let codes: CodedRows

    init(
        layout: DiskANNLayout, rowCount: Int, rows: [UInt32], upper: HNSWGraph, duplicates: DuplicateGroups,
        codes: CodedRows
    ) {
        precondition(rows.count == layout.nodeCount && upper.rowCount <= rows.count)
        self.layout = layout
        self.rowCount = rowCount
        self.rows = rows
        self.upper = upper
        self.duplicates = duplicates
        self.codes = codes
    }

    var memoryBytes: Int {
        rows.count * 4 + upper.memoryBytes + duplicates.memoryBytes + codes.memoryBytes
    }

    /// The nearest `limit` of `nodes` by their codes.
    func nearest(_ limit: Int, of nodes: [UInt32], _ scorer: QueryScorer) -> [Neighbor] {
        var nearest = TopK(k: limit)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.scanBlock) { distances in
            for start in stride(from: 0, to: nodes.count, by: Self.scanBlock) {
                let block = nodes[start..<min(start + Self.scanBlock, nodes.count)]
                block.withUnsafeBufferPointer {
                    scorer.distances(to: $0.baseAddress!, count: $0.count, into: distances.baseAddress!)
                }
                for (index, node) in block.enumerated() { nearest.offer(distances[index], node) }
            }
        }
        return nearest.sorted()
    }

    /// Codes that are scanned at a time.
    private static let scanBlock = 1024

    /// Whether a node or one of the rows equal to it is permitted.
    @inline(__always)
    func isPermitted(_ node: UInt32, _ permitted: RowSet?) -> Bool {
        guard let permitted else { return true }
        let row = rows[Int(node)]
        if permitted.contains(Int(row)) { return true }
        return !duplicates.isEmpty && duplicates.members(of: row).contains { permitted.contains(Int($0)) }
    }

    /// Offers the permitted rows of a node.
    func offer(_ distance: Float, _ node: UInt32, _ permitted: RowSet?, to nearest: inout TopK) {
        let row = rows[Int(node)]
        let isPermitted = { (row: UInt32) in permitted?.contains(Int(row)) ?? true }
        if isPermitted(row) { nearest.offer(distance, row) }
        guard !duplicates.isEmpty else { return }
        for member in duplicates.members(of: row).lazy.filter(isPermitted).prefix(nearest.k) {
            nearest.offer(distance, member)
        }
    }
}
