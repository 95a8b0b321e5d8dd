import Synchronization

/// Approximate search over a graph that lies on disk with its vectors (DISKANN, Subramanya et al. 2019); only compact
/// codes and the upper levels of the graph are in memory.
///
/// Build parameters: `max_degree` (links of a node), `search_list_size` (rows considered for them) and
/// `pq_code_budget_gb_ratio` (bytes of codes for one of vectors). Search parameters: `search_list` (candidates kept by a
/// walk), larger finds more and reads more, and `beamwidth` (blocks that a walk reads at a time).
final class DiskANNIndex: StoredIndex {
    let definition: IndexDefinition
    let digest: UInt64
    let navigator: DiskANNNavigator
    private let blocks: DiskANNBlocks
    /// nil once the index is read from its file.
    private let unwritten: DiskANNBlocksInMemory?
    private let pool: Mutex<Pool>

    /// The `search_list` of a search that names none: this, or twice k if that is more.
    private static let defaultSearchList = 32
    private static let defaultBeamWidth = 4

    private struct Pool {
        var idle: [DiskANNSearcher] = []
        /// Of all searchers, those at work as they were before.
        var memoryBytes = 0
    }

    /// - Parameter unwritten: what `blocks` are read from as long as there is no file.
    init(
        definition: IndexDefinition, navigator: DiskANNNavigator, blocks: DiskANNBlocks, digest: UInt64,
        unwritten: DiskANNBlocksInMemory? = nil
    ) {
        self.definition = definition
        self.navigator = navigator
        self.blocks = blocks
        self.digest = digest
        self.unwritten = unwritten
        pool = Mutex(Pool())
    }

    /// Codes, links above level 0 and the rows of the nodes, and of each search at a time its reads.
    var memoryBytes: Int {
        navigator.memoryBytes + (unwritten?.bytes.count ?? 0)
            + pool.withLock { $0.memoryBytes }
    }

    /// - Throws: `StorageError` if the disk fails or a block is damaged.
    func search(
        _ queries: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet?,
        statistics: inout SearchStatistics
    ) throws -> [[Neighbor]] {
        let task = task(k: k, parameters, permitted)
        return try search(queries, task, statistics: &statistics)
    }

    /// The walk does not pass through the row: its links lead straight to its neighbours. Equal rows would take its
    /// place all the same.
    func search(
        holdingBack row: UInt32, _ query: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet,
        statistics: inout SearchStatistics
    ) throws -> [Neighbor] {
        var others = permitted
        others.remove(Int(row))
        var task = task(k: k, parameters, others)
        if navigator.duplicates.members(of: row).isEmpty {
            task.heldBack = navigator.rows.firstIndex(of: row).map { UInt32($0) }
        }
        return try search(query, task, statistics: &statistics)[0]
    }

    private func task(k: Int, _ parameters: Parameters, _ permitted: RowSet?) -> DiskANNWalk.Task {
        let searchList = parameters.integer("search_list") ?? max(Self.defaultSearchList, 2 * k)
        precondition(searchList >= k, "search_list was not checked before the search")
        return DiskANNWalk.Task(
            k: max(min(k, navigator.rowCount), 1), searchList: max(min(searchList, navigator.layout.nodeCount), 1),
            beamWidth: parameters.integer("beamwidth") ?? Self.defaultBeamWidth, permitted: permitted)
    }

    private func search(
        _ queries: QueryBlock, _ task: DiskANNWalk.Task, statistics: inout SearchStatistics
    ) throws -> [[Neighbor]] {
        guard navigator.layout.nodeCount > 0, task.permitted?.count != 0 else {
            return Array(repeating: [], count: queries.count)
        }
        guard queries.dimension == navigator.layout.dimension else { throw blocks.wrongDimension(queries.dimension) }
        let searcher =
            pool.withLock { $0.idle.popLast() }
            ?? DiskANNSearcher(blocks: blocks, navigator: navigator, metric: definition.metric)
        let memoryBefore = searcher.accountedBytes
        defer {
            searcher.accountedBytes = searcher.memoryBytes
            pool.withLock { pool in
                pool.memoryBytes += searcher.accountedBytes - memoryBefore
                pool.idle.append(searcher)
            }
        }
        return try searcher.search(queries, task, statistics: &statistics)
    }

    func write(_ append: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard let unwritten else { preconditionFailure("the index was read from a file") }
        try DiskANNFile.write(navigator, blocks: unwritten.bytes, append)
    }
}
