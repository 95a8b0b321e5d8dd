/// Times the parts of a search on the rows and the graph of one index. Takes a few milliseconds.
struct CostProbe {
    let graph: HNSWGraph
    let vectors: HNSWVectors

    /// Rows of one measurement: few enough to be over soon, enough that the clock does not count.
    private static let rows = 512
    /// The least of several measurements is taken: what disturbs one makes it longer, never shorter.
    private static let repeats = 4
    /// What a processor may keep near to it.
    private static let warmBytesAtMost = 16 << 20
    /// A word of a bitmap is read in order; processors differ little in that.
    private static let setWord = 0.5

    func measure() -> CostModel {
        let walked = distances(vectors.walked)
        let finest = vectors.refinement.map(distances) ?? walked
        return CostModel(
            walkedSomewhere: walked.somewhere, walkedInOrder: walked.inOrder, finestSomewhere: finest.somewhere,
            finestInOrder: finest.inOrder, linkBlock: linkBlock(), setWord: Self.setWord,
            preparation: walked.preparation)
    }

    private struct DistanceTimes {
        let somewhere: Double
        let inOrder: Double
        let preparation: Double
    }

    private func distances(_ space: VectorSpace) -> DistanceTimes {
        let count = min(Self.rows, space.count)
        let query = MemoryBlock(byteCount: max(space.rows.dimension * 4, space.rows.strideBytes))
        let results = MemoryBlock(byteCount: count * 4)
        let target = results.base.assumingMemoryBound(to: Float.self)
        return withExtendedLifetime((query, results)) {
            Self.warm(space.rows)
            let rows = (0..<Self.repeats).map { places(count, $0) }
            let preparation = Self.least { _ in space.withScorer(for: query.base) { _ in } }
            return space.withScorer(for: query.base) { scorer in
                let somewhere = Self.least { round in
                    scorer.distances(to: rows[round], count: count, into: target)
                }
                let inOrder = Self.least { round in
                    let first = round * count % max(space.count - count, 1)
                    scorer.distances(to: first..<first + count, into: target)
                }
                return DistanceTimes(
                    somewhere: somewhere / Double(count), inOrder: inOrder / Double(count), preparation: preparation)
            }
        }
    }

    /// Reads small rows once: that they are far away at the first search says nothing about those that follow.
    private static func warm(_ rows: VectorRows) {
        guard rows.bytes.count <= warmBytesAtMost else { return }
        var sum: UInt8 = 0
        for offset in stride(from: 0, to: rows.bytes.count, by: 64) { sum &+= rows.bytes[offset] }
        withExtendedLifetime(sum) {}
    }

    private func linkBlock() -> Double {
        let count = min(Self.rows, graph.rowCount)
        let links = graph.links(level: 0)
        let kernel = LinksKernel.best
        let nodes = RowSet(capacity: graph.rowCount)
        let found = MemoryBlock(byteCount: (links.width + LinksKernel.slack) * 4)
        let target = found.base.assumingMemoryBound(to: UInt32.self)
        let rows = (0..<Self.repeats).map { places(count, $0) }
        return withExtendedLifetime(found) {
            nodes.withWords { words in
                Self.least { round in
                    for row in rows[round] {
                        _ = kernel.pick(links.block(of: row), width: links.width, in: words, into: target)
                    }
                } / Double(count)
            }
        }
    }

    /// Rows all over the graph, others in each round.
    private func places(_ count: Int, _ round: Int) -> [UInt32] {
        (0..<count).map {
            UInt32(StableHash.hash(UInt64($0), seed: UInt64(round)) % UInt64(graph.rowCount))
        }
    }

    private static func least(_ body: (Int) -> Void) -> Double {
        let clock = ContinuousClock()
        let times = (0..<repeats).map { round in clock.measure { body(round) } }
        let least = times.min()!
        return Double(least.components.seconds) * 1e9 + Double(least.components.attoseconds) * 1e-9
    }
}
