/// The postings of one term of a query, with what they add to scores and the upper bounds of that.
///
/// A bound holds for rows without the term as well, so it is never negative.
struct PostingSource {
    let scorer: TermScorer
    let firstBlock: UnsafePointer<PostingBlock>
    let endBlock: UnsafePointer<PostingBlock>
    let payload: UnsafePointer<UInt8>
    /// Document lengths; nil for inner products.
    let lengths: UnsafePointer<Float>?
    /// Turns a bound at the average length of the segment into one at that of the statistics, and more if the search
    /// asks for it.
    let boundFactor: Double
    /// No posting of the list adds more.
    private(set) var listBound = 0.0
    /// No posting adds more or takes more away.
    private(set) var magnitude = 0.0
    /// Scores at the average length of the segment, where the bounds were found.
    private let boundScorer: TermScorer

    init(
        _ lists: PostingLists, position: Int, scorer: TermScorer, boundScorer: TermScorer, boundFactor: Double
    ) {
        let blocks = lists.blocks(of: position)
        self.scorer = scorer
        self.boundScorer = boundScorer
        self.boundFactor = boundFactor
        firstBlock = lists.blocks.base + blocks.lowerBound
        endBlock = lists.blocks.base + blocks.upperBound
        payload = lists.payload.base
        lengths = lists.lengths.count > 0 ? lists.lengths.base : nil
        listBound = bound(lists.lists[position].bound)
        let bound = lists.lists[position].bound
        magnitude =
            lengths != nil
            ? scorer.weight : max(abs(scorer.score(bound.first, length: 0)), abs(scorer.score(bound.second, length: 0)))
    }

    /// No posting with this bound adds more.
    @inline(__always)
    func bound(_ bound: PostingBound) -> Double {
        if lengths != nil {
            return boundFactor * boundScorer.score(bound.first, length: bound.second)
        }
        let value = scorer.weight > 0 ? bound.first : bound.second
        return max(0, boundFactor * scorer.score(value, length: 0))
    }

    /// No posting of `block` adds more.
    @inline(__always)
    func bound(of block: UnsafePointer<PostingBlock>) -> Double { bound(block.pointee.bound) }

    @inline(__always)
    func reader(_ block: PostingBlock) -> PostingReader { PostingReader(block, payload: payload) }

    /// The score of one posting.
    @inline(__always)
    func score(_ block: PostingBlock, _ position: Int, row: UInt32) -> Double {
        scorer.score(reader(block).value(position), length: lengths?[Int(row)] ?? 0)
    }

    /// The first block at or behind `start` whose last row reaches `target`: doubling steps, then halving ones.
    @inline(__always)
    func block(reaching target: UInt32, from start: UnsafePointer<PostingBlock>) -> UnsafePointer<PostingBlock> {
        var near = start
        var step = 1
        while endBlock - near > step, near[step - 1].lastRow < target {
            near += step
            step *= 2
        }
        let count = min(step, endBlock - near)
        return near + lowerBound(count: count) { near[$0].lastRow < target }
    }
}
