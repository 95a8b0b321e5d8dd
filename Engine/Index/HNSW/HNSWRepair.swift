/// Makes every row of a graph reachable on level 0 from the entry row.
///
/// Choosing links by direction can leave a row without a link to it. Each such row gets one from a near row
/// that is reachable: in a free place, or in place of a link that no row needs to be reached, which is one that
/// is not in the tree of a breadth-first walk from the entry. So no repair makes another row unreachable.
struct HNSWRepair {
    private let graph: HNSWGraph
    private let vectors: VectorSpace
    private let efConstruction: Int
    private let links: HNSWLinks
    /// The row from which the walk reached a row; `noLink` if it did not.
    private var parents: [UInt32]
    /// Rows before this one have no place to give.
    private var cursor = 0

    init(graph: HNSWGraph, vectors: VectorSpace, efConstruction: Int) {
        self.graph = graph
        self.vectors = vectors
        self.efConstruction = efConstruction
        links = graph.links(level: 0)
        parents = Array(repeating: HNSWGraph.noLink, count: graph.rowCount)
    }

    /// O(rows x M), and a search for each row that needs repair.
    mutating func run() {
        guard graph.rowCount > 0 else { return }
        parents[Int(graph.entryRow)] = graph.entryRow
        spread(from: graph.entryRow)
        let unreachable = graph.linkedRows.filter { parents[Int($0)] == HNSWGraph.noLink }
        guard !unreachable.isEmpty else { return }
        let worker = HNSWBuildWorker(graph: graph, vectors: vectors, efConstruction: efConstruction)
        for row in unreachable where parents[Int(row)] == HNSWGraph.noLink { attach(row, worker) }
    }

    private mutating func spread(from start: UInt32) {
        var front = [start]
        while let row = front.popLast() {
            let block = links.block(of: row)
            for index in 0..<links.count(in: block) where parents[Int(block[index])] == HNSWGraph.noLink {
                parents[Int(block[index])] = row
                front.append(block[index])
            }
        }
    }

    private mutating func attach(_ row: UInt32, _ worker: HNSWBuildWorker) {
        let block = links.block(of: row)
        for index in 0..<links.count(in: block) where give(row, from: block[index], worker) { return }
        let scorer = vectors.scorer(forRow: row)
        let entry = Neighbor(distance: scorer.distance(to: graph.entryRow), row: graph.entryRow)
        for start in [worker.walk.approach(graph, above: 0, scorer: scorer), entry] {
            worker.walk.search(links, from: start, ef: efConstruction, scorer: scorer)
            for index in 0..<worker.walk.pool.count
            where give(row, from: worker.walk.pool.row(at: index), worker) { return }
        }
        while !give(row, from: UInt32(cursor), worker) { cursor += 1 }
    }

    /// Links `giver` to `row` if the giver is reachable and can spare a place.
    private mutating func give(_ row: UInt32, from giver: UInt32, _ worker: HNSWBuildWorker) -> Bool {
        guard giver != row, parents[Int(giver)] != HNSWGraph.noLink else { return false }
        let block = links.block(of: giver)
        let count = links.count(in: block)
        guard let place = count < links.width ? count : farthestSparePlace(of: giver, block, worker) else {
            return false
        }
        block[place] = row
        parents[Int(row)] = giver
        spread(from: row)
        return true
    }

    /// The place of the farthest link that is not the way to its row.
    private func farthestSparePlace(
        of giver: UInt32, _ block: UnsafeMutablePointer<UInt32>, _ worker: HNSWBuildWorker
    ) -> Int? {
        let distances = worker.walk.distances
        vectors.scorer(forRow: giver).distances(to: block, count: links.width, into: distances)
        return (0..<links.width).filter { parents[Int(block[$0])] != giver }
            .max { (distances[$0], block[$0]) < (distances[$1], block[$1]) }
    }
}
