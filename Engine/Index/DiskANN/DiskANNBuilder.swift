/// Builds the graph as HNSW does and lays it out for the disk. The same rows, definition and seed give the same bytes for any
/// number of threads.
///
/// Memory, beside the rows: 2 x `max_degree` x 4 bytes a row while the graph is built, then `max_degree` x 4 and the
/// blocks, which are somewhat larger than rows and links.
struct DiskANNBuilder {
    private let source: IndexSource
    private let team: WorkerTeam

    /// - Throws: `ApusError` if the rows are not of float32 elements, or the build takes more memory than is granted.
    init(_ source: IndexSource) throws {
        guard source.rows.element == .float32 else {
            throw ApusError(
                .invalidArgument,
                "index type \(IndexType.diskANN.rawValue) takes float vectors only; choose another index for this field"
            )
        }
        let layout = DiskANNLayout(
            dimension: source.rows.dimension, nodeCount: source.count, degree: 2 * Self.m(source.definition))
        try DiskANNBudget(source.definition).checkBuild(rowCount: source.count, layout: layout)
        self.source = source
        team = WorkerTeam(count: source.threads)
    }

    private var vectors: VectorSpace {
        VectorSpace(metric: source.definition.metric, rows: source.rows, count: source.count)
    }

    func build() -> DiskANNIndex {
        let graph = makeGraph()
        let degree = graph.bottomWidth
        let dimension = source.rows.dimension
        let nodeCount = graph.rowCount - graph.duplicates.members.count
        let layout = DiskANNLayout(dimension: dimension, nodeCount: nodeCount, degree: degree)
        let order = DiskANNOrder(graph: graph, vectors: vectors, nodesPerBlock: layout.nodesPerBlock)
        var nodes = [UInt32](repeating: HNSWGraph.noLink, count: graph.rowCount)
        for (node, row) in order.rows.enumerated() { nodes[Int(row)] = UInt32(node) }
        let navigator = DiskANNNavigator(
            layout: layout, rowCount: graph.rowCount, rows: order.rows,
            upper: upperGraph(of: graph, order: order, nodes: nodes), duplicates: graph.duplicates,
            codes: codes(order.rows))
        let memory = DiskANNBlocksInMemory(fillBlocks(layout, graph, order.rows, nodes))
        return DiskANNIndex(
            definition: source.definition, navigator: navigator,
            blocks: DiskANNBlocks(file: memory, firstOffset: 0, layout: layout),
            digest: DiskANNFile.digest(navigator, blocks: memory.bytes), unwritten: memory)
    }

    /// Links of a row above level 0: half of those on it.
    private static func m(_ definition: IndexDefinition) -> Int { max(definition.integer("max_degree") / 2, 2) }

    private func makeGraph() -> HNSWGraph {
        let definition = source.definition
        let builder = HNSWBuilder(
            vectors: vectors, walked: vectors,
            m: Self.m(definition),
            efConstruction: min(definition.integer("search_list_size"), max(source.count, 1)), seed: source.seed,
            team: team)
        return builder.build(progress: source.progress)
    }

    /// The levels above 0 as a graph of its own over the first nodes, one level lower.
    private func upperGraph(of graph: HNSWGraph, order: DiskANNOrder, nodes: [UInt32]) -> HNSWGraph {
        let rows = order.rows[..<order.upperCount]
        let upper = HNSWGraph(
            m: graph.upperWidth, levels: rows.map { UInt8(max(graph.level(of: $0) - 1, 0)) },
            entryRow: rows.isEmpty ? 0 : nodes[Int(graph.entryRow)], duplicates: DuplicateGroups())
        for (node, row) in rows.enumerated() where graph.level(of: row) > 0 {
            for level in 1...graph.level(of: row) {
                let (from, to) = (graph.links(level: level), upper.links(level: level - 1))
                let (source, target) = (from.block(of: row), to.block(of: UInt32(node)))
                for index in 0..<from.count(in: source) { target[index] = nodes[Int(source[index])] }
            }
        }
        return upper
    }

    /// The codes of all nodes, in their order.
    private func codes(_ order: [UInt32]) -> CodedRows {
        let byRow = CodedRows(
            DiskANNBudget(source.definition).codes(rowCount: source.count, dimension: source.rows.dimension), source,
            team: team)
        let size = byRow.rows.strideBytes
        let byNode = VectorRows(
            element: .int8, dimension: byRow.rows.dimension, capacity: order.count, strideBytes: size)
        for (node, row) in order.enumerated() {
            byNode.row(node).copyMemory(from: byRow.rows.row(Int(row)), byteCount: size)
        }
        return byRow.withRows(byNode)
    }

    private func fillBlocks(
        _ layout: DiskANNLayout, _ graph: HNSWGraph, _ rows: [UInt32], _ nodes: [UInt32]
    ) -> MemoryBlock {
        let memory = MemoryBlock(byteCount: layout.blockCount * layout.blockBytes)
        let links = graph.links(level: 0)
        for block in 0..<layout.blockCount {
            let bytes = memory.base + block * layout.blockBytes
            for node in layout.nodes(of: block) {
                let row = rows[Int(node)]
                let linked = links.block(of: row)
                layout.node(node, in: bytes).store(
                    vector: source.rows.row(Int(row)),
                    links: (0..<links.count(in: linked)).map { nodes[Int(linked[$0])] })
            }
            layout.seal(bytes, number: block)
        }
        return memory
    }
}
