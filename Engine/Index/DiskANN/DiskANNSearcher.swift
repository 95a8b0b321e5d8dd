/// Searches on one thread, several queries at a time: while one waits for the disk the others go on, so that the disk
/// always has many reads to choose from.
///
/// A query moves in rounds: it asks for blocks, waits for all of them and expands them in a fixed order. So its answer does
/// not depend on which read ends first.
final class DiskANNSearcher: @unchecked Sendable {
    // Sendable: one thread at a time has it, taken from and put back to the pool of its index.
    private let blocks: DiskANNBlocks
    private let navigator: DiskANNNavigator
    private let metric: Metric
    private let reader: any AsynchronousReader
    private var entries: DiskANNEntryWalk
    private var lanes: [Lane] = []
    /// Slots of a lane.
    private var slotsEach = 1
    private var slotsUsed = 0

    /// Reads that are under way at most: a beam of the widest.
    private static let slotCount = 128
    /// Reads after which more queries at a time bring nothing on common devices.
    private static let depth = 64
    private static let mostLanes = 16

    init(blocks: DiskANNBlocks, navigator: DiskANNNavigator, metric: Metric) {
        self.blocks = blocks
        self.navigator = navigator
        self.metric = metric
        reader = blocks.makeReader(slotCount: Self.slotCount)
        entries = DiskANNEntryWalk(upper: navigator.upper)
    }

    /// What the index has counted of `memoryBytes`.
    var accountedBytes = 0

    /// Slots that were read into, the marks of the walk above level 0, and the walks.
    var memoryBytes: Int {
        slotsUsed * navigator.layout.blockBytes + 2 * navigator.upper.rowCount
            + lanes.reduce(0) { $0 + $1.walk.memoryBytes }
    }

    /// A query under way: its walk, its slots of the reader and the reads it waits for.
    private final class Lane {
        let walk: DiskANNWalk
        var firstSlot = 0
        /// The position of its query; nil while it has none.
        var query: Int?
        var waitingFor = 0

        init(walk: DiskANNWalk) { self.walk = walk }
    }

    /// The nearest permitted rows of each query.
    ///
    /// - Throws: `StorageError`; no read is under way then.
    func search(
        _ queries: QueryBlock, _ task: DiskANNWalk.Task, statistics: inout SearchStatistics
    ) throws -> [[Neighbor]] {
        let lanes = prepareLanes(queryCount: queries.count, beamWidth: task.beamWidth)
        var results = [[Neighbor]](repeating: [], count: queries.count)
        var next = 0
        defer { finish(lanes, &statistics) }
        while true {
            for lane in lanes where lane.waitingFor == 0 {
                if lane.query != nil { try expand(lane) }
                while !startRound(of: lane) {
                    if let done = lane.query { results[done] = lane.walk.takeResult() }
                    lane.query = next < queries.count ? next : nil
                    guard let query = lane.query else { break }
                    next += 1
                    lane.walk.begin(queries.floats(query), task, entries: &entries)
                }
            }
            if !lanes.contains(where: { $0.waitingFor > 0 }) { return results }
            try wait(lanes)
        }
    }

    private func prepareLanes(queryCount: Int, beamWidth: Int) -> [Lane] {
        slotsEach = beamWidth
        let count = max(1, min(queryCount, Self.depth / beamWidth, Self.mostLanes))
        slotsUsed = max(slotsUsed, count * beamWidth)
        while lanes.count < count { lanes.append(Lane(walk: DiskANNWalk(navigator: navigator, metric: metric))) }
        for (index, lane) in lanes[..<count].enumerated() {
            lane.firstSlot = index * beamWidth
            lane.query = nil
        }
        return Array(lanes[..<count])
    }

    /// Starts the reads of the next round; false if the lane has no query or its search has ended.
    private func startRound(of lane: Lane) -> Bool {
        guard lane.query != nil else { return false }
        lane.walk.chooseBlocks()
        for (place, block) in lane.walk.blocks.enumerated() {
            reader.start(
                lane.firstSlot + place, count: navigator.layout.blockBytes, at: blocks.offset(of: block))
        }
        lane.waitingFor = lane.walk.blocks.count
        lane.walk.statistics.diskReads += lane.waitingFor
        lane.walk.statistics.diskBytes += lane.waitingFor * navigator.layout.blockBytes
        return lane.waitingFor > 0
    }

    private func wait(_ lanes: [Lane]) throws {
        var failure: StorageError?
        reader.wait { [slotsEach] slot, error in
            lanes[slot / slotsEach].waitingFor -= 1
            failure = failure ?? error
        }
        if let failure { throw failure }
    }

    /// Checks the blocks that came and expands their nodes.
    private func expand(_ lane: Lane) throws {
        let bytes = { [reader] place in reader.slots.bytes(of: lane.firstSlot + place).baseAddress! }
        for (place, block) in lane.walk.blocks.enumerated() {
            guard navigator.layout.isSealed(bytes(place), number: block) else { throw blocks.damage(of: block) }
        }
        do {
            try lane.walk.expand(bytes: bytes)
        } catch let error as DamagedNode {
            throw blocks.damage(of: navigator.layout.block(of: error.node))
        }
    }

    /// Waits for reads that an error left under way, and hands over the counters.
    private func finish(_ lanes: [Lane], _ statistics: inout SearchStatistics) {
        while lanes.contains(where: { $0.waitingFor > 0 }) {
            reader.wait { [slotsEach] slot, _ in lanes[slot / slotsEach].waitingFor -= 1 }
        }
        for lane in lanes {
            statistics.add(lane.walk.statistics)
            lane.walk.statistics = SearchStatistics()
        }
    }
}
