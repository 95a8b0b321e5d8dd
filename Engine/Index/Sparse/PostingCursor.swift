/// Walks the postings of one term of a query by ascending row, a block decoded at a time.
struct PostingCursor {
    /// The row of the current posting; `end` behind the last.
    private(set) var row: UInt32
    let source: PostingSource
    private var block: UnsafePointer<PostingBlock>
    private var position = 0
    private var count = 0
    /// Whether `scores` are those of the current block.
    private var isScored = false
    /// Of the current block.
    private let rows: UnsafeMutablePointer<UInt32>
    private let scores: UnsafeMutablePointer<Double>

    static let end = UInt32.max

    /// - Parameters:
    ///   - rows: memory for the rows of a block.
    ///   - scores: memory for the scores of a block.
    init(_ source: PostingSource, rows: UnsafeMutablePointer<UInt32>, scores: UnsafeMutablePointer<Double>) {
        self.source = source
        self.rows = rows
        self.scores = scores
        block = source.firstBlock
        row = Self.end
        load()
    }

    /// What the current posting adds to the score of its row.
    @inline(__always)
    var score: Double {
        isScored ? scores[position] : source.score(block.pointee, position, row: row)
    }

    /// Moves to the next posting.
    @inline(__always)
    mutating func advance() {
        position += 1
        if position < count {
            row = rows[position]
        } else {
            block += 1
            load()
        }
    }

    /// Moves to the first posting at or behind `target`. O(log postings), O(1) for near ones.
    @inline(__always)
    mutating func seek(_ target: UInt32) {
        guard row < target else { return }
        if block.pointee.lastRow < target {
            block = source.block(reaching: target, from: block + 1)
            load()
            guard row < target else { return }
        }
        position = Self.place(of: target, in: rows)
        row = rows[position]
    }

    /// Adds the scores of the postings before `end` to `sums`, where rows count from `start`, and moves behind them.
    ///
    /// - Returns: a bit for each group of `SumWindow.groupRows` rows that a posting was in.
    @inline(__always)
    mutating func add(before end: UInt32, to sums: UnsafeMutablePointer<Double>, from start: UInt32) -> UInt64 {
        var touched: UInt64 = 0
        while row < end {
            if !isScored { scoreBlock() }
            let stop =
                block.pointee.lastRow < end
                ? count : position + lowerBound(count: count - position) { rows[position + $0] < end }
            while position < stop {
                let place = Int(rows[position] &- start)
                sums[place] += scores[position]
                touched |= 1 << UInt64(truncatingIfNeeded: place / SumWindow.groupRows)
                position &+= 1
            }
            if position < count {
                row = rows[position]
            } else {
                block += 1
                load()
            }
        }
        return touched
    }

    /// The first block from the current one on that reaches `target`, without going there; nil if none does.
    @inline(__always)
    func block(reaching target: UInt32) -> UnsafePointer<PostingBlock>? {
        let found = source.block(reaching: target, from: block)
        return found < source.endBlock ? found : nil
    }

    /// Enters the current block.
    private mutating func load() {
        position = 0
        isScored = false
        guard block < source.endBlock else {
            row = Self.end
            count = 0
            return
        }
        count = Int(block.pointee.count)
        source.reader(block.pointee).copyRows(to: rows)
        (rows + count).update(repeating: Self.end, count: PostingBlock.capacity - count)
        row = rows[0]
    }

    /// How many of the rows of a block lie before `target`, of which at least one does not. Counts whole groups and
    /// then within a group: where a target falls is hard to foresee, so there is no branch on it.
    @inline(__always)
    private static func place(of target: UInt32, in rows: UnsafeMutablePointer<UInt32>) -> Int {
        let groupRows = 16
        var groups = 0
        for group in 1..<PostingBlock.capacity / groupRows {
            groups &+= rows[group * groupRows - 1] < target ? 1 : 0
        }
        let group = rows + groups * groupRows
        var before: UInt32 = 0
        for index in 0..<groupRows { before &+= group[index] < target ? 1 : 0 }
        return groups * groupRows + Int(before)
    }

    private mutating func scoreBlock() {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: PostingBlock.capacity) { values in
            let values = values.baseAddress!
            source.reader(block.pointee).copyValues(to: values)
            source.scorer.scores(values, rows: rows, lengths: source.lengths, count: count, into: scores)
        }
        isScored = true
    }
}
