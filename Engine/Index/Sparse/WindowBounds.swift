/// Upper bounds of the terms of a query in a window of rows, and the split of the terms that follows from them.
struct WindowBounds: ~Copyable {
    /// The postings that a bound covers.
    enum Scope {
        /// The whole list of a term: the bounds stay, and a term that is not essential once never is again.
        case lists
        /// The blocks of the window (Ding and Suel 2011): windows without a chance are passed over.
        case blocks
    }

    /// Sums of the bounds of the first terms: of none, of one, and so on.
    let sums: UnsafeMutablePointer<Double>
    /// The terms before this cannot, together, lift a row above the cutoff.
    private(set) var firstEssential = 0

    private let scope: Scope
    /// Where the next window may begin; for blocks only.
    private var next: UInt32 = 0
    /// The first block of each term that reaches to the window; for blocks only.
    private let blocks: UnsafeMutablePointer<UnsafePointer<PostingBlock>>
    private let count: Int

    init(_ cursors: borrowing PostingCursors, scope: Scope) {
        self.scope = scope
        count = cursors.count
        sums = .allocate(capacity: count + 1)
        blocks = .allocate(capacity: count)
        sums[0] = 0
        for index in 0..<count {
            sums[index + 1] = sums[index] + cursors[index].pointee.source.listBound
            blocks[index] = cursors[index].pointee.source.firstBlock
        }
    }

    deinit {
        sums.deallocate()
        blocks.deallocate()
    }

    /// The first row of the next window of at most `length` rows that can have a row above the cutoff; nil if there is
    /// none. Sets the sums and the split for it.
    mutating func nextWindow(_ cursors: borrowing PostingCursors, length: UInt32, above cutoff: Double) -> UInt32? {
        if scope == .lists { return nextByLists(cursors, above: cutoff) }
        while next != PostingCursor.end {
            let start = next
            let end = start + min(length, PostingCursor.end - start)
            let horizon = sumBlocks(cursors, from: start, to: end)
            split(above: cutoff)
            next = firstEssential < count ? end : horizon
            if firstEssential < count { return start }
        }
        return nil
    }

    private mutating func nextByLists(_ cursors: borrowing PostingCursors, above cutoff: Double) -> UInt32? {
        split(above: cutoff)
        let start = cursors.lowestRow(from: firstEssential)
        return start == PostingCursor.end ? nil : start
    }

    private mutating func split(above cutoff: Double) {
        if scope == .blocks { firstEssential = 0 }
        while firstEssential < count, sums[firstEssential + 1] <= cutoff { firstEssential += 1 }
    }

    /// - Returns: the first row behind the window where the bounds may be others.
    private mutating func sumBlocks(_ cursors: borrowing PostingCursors, from start: UInt32, to end: UInt32) -> UInt32 {
        var horizon = PostingCursor.end
        for index in 0..<count {
            let source = cursors[index].pointee.source
            if blocks[index] < source.endBlock, blocks[index].pointee.lastRow < start {
                blocks[index] = source.block(reaching: start, from: blocks[index] + 1)
            }
            var bound = 0.0
            var block = blocks[index]
            while block < source.endBlock {
                guard block.pointee.firstRow < end else {
                    horizon = min(horizon, block.pointee.firstRow)
                    break
                }
                bound = max(bound, source.bound(of: block))
                if block.pointee.lastRow >= end {
                    horizon = min(horizon, block.pointee.lastRow + 1)
                    break
                }
                block += 1
            }
            sums[index + 1] = sums[index] + bound
        }
        return max(horizon, end)
    }
}
