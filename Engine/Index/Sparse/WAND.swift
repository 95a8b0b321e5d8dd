/// Weak AND (Broder, Carmel, Herscovici, Soffer and Zien 2003): cursors stand by row; the first row at which the bounds
/// of the cursors so far could lift a row above the best k is the next candidate, and the others skip to it.
///
/// With bounds of blocks it is Block-Max WAND (Ding and Suel 2011): a candidate whose blocks cannot lift it is passed
/// over together with all rows up to the end of the shortest of these blocks.
struct WAND: ~Copyable {
    private let cursors: PostingCursors
    private let scope: WindowBounds.Scope
    /// By ascending row.
    private let order: UnsafeMutableBufferPointer<UnsafeMutablePointer<PostingCursor>>

    /// - Parameter scope: how narrow the bounds are.
    init(_ terms: SparseTerms, scope: WindowBounds.Scope) {
        let cursors = PostingCursors(terms)
        let byRow = (0..<cursors.count).map { cursors[$0] }.sorted { $0.pointee.row < $1.pointee.row }
        order = .allocate(capacity: cursors.count)
        _ = order.initialize(from: byRow)
        self.cursors = cursors
        self.scope = scope
    }

    deinit { order.deallocate() }

    /// Offers every row that can enter to `collector`.
    func search(into collector: inout ScoreCollector) {
        while let pivot = pivot(above: collector.cutoff) {
            let row = order[pivot].pointee.row
            if scope == .blocks, let next = rowBehindBlocks(pivot, row: row, above: collector.cutoff) {
                for index in 0...pivot { order[index].pointee.seek(next) }
            } else {
                for index in 0...pivot { order[index].pointee.seek(row) }
                offer(row, upTo: pivot, &collector)
            }
            restoreOrder(changed: pivot + 1)
        }
    }

    /// The last cursor whose row the bounds up to it could lift above the cutoff; cursors at the same row count in.
    private func pivot(above cutoff: Double) -> Int? {
        var bound = 0.0
        for index in order.indices {
            guard order[index].pointee.row != PostingCursor.end else { return nil }
            bound += order[index].pointee.source.listBound
            guard bound > cutoff else { continue }
            var last = index
            while last + 1 < order.count, order[last + 1].pointee.row == order[index].pointee.row { last += 1 }
            return last
        }
        return nil
    }

    /// Where to go on if the blocks around `row` cannot lift it above the cutoff; nil if they can.
    private func rowBehindBlocks(_ pivot: Int, row: UInt32, above cutoff: Double) -> UInt32? {
        var bound = 0.0
        var next = pivot + 1 < order.count ? order[pivot + 1].pointee.row : PostingCursor.end
        for index in 0...pivot {
            guard let block = order[index].pointee.block(reaching: row) else { continue }
            if block.pointee.firstRow > row {
                next = min(next, block.pointee.firstRow)
            } else {
                bound += order[index].pointee.source.bound(of: block)
                next = min(next, block.pointee.lastRow + 1)
            }
        }
        return bound > cutoff ? nil : max(next, row + 1)
    }

    /// Offers `row` with what the cursors up to `pivot` add to it, and moves them behind it.
    private func offer(_ row: UInt32, upTo pivot: Int, _ collector: inout ScoreCollector) {
        let permitted = collector.permits(row)
        var sum = 0.0
        for index in 0...pivot where order[index].pointee.row == row {
            if permitted { sum += order[index].pointee.score }
            order[index].pointee.advance()
        }
        if permitted, sum > collector.cutoff { collector.offer(row, sum: sum) }
    }

    /// Sorts again after the first `changed` cursors moved on: insertion from the last of them to the first.
    private func restoreOrder(changed: Int) {
        for start in (0..<changed).reversed() {
            var place = start
            let cursor = order[start]
            while place + 1 < order.count, order[place + 1].pointee.row < cursor.pointee.row {
                order[place] = order[place + 1]
                place += 1
            }
            order[place] = cursor
        }
    }
}
