/// Appends lists of postings, block by block, in the smallest form that loses nothing.
struct PostingWriter {
    private(set) var blocks: [PostingBlock] = []
    private(set) var payload: [UInt8] = []
    private var lists: [PostingList] = []
    private let scoring: SparseScoring
    private let lengths: [Float]
    /// Compares postings of BM25 at the average length of the segment.
    private let scorer: TermScorer

    init(scoring: SparseScoring, lengths: [Float], averageLength: Double) {
        self.scoring = scoring
        self.lengths = lengths
        scorer = scoring.scorer(weight: 1, averageLength: averageLength)
    }

    /// All lists, and the end of the last.
    func finishedLists() -> [PostingList] {
        lists + [PostingList(firstBlock: UInt32(blocks.count), count: 0, bound: PostingBound(first: 0, second: 0))]
    }

    /// Appends the list of one dimension.
    mutating func appendList(_ postings: Postings, of number: Int, count: Int) {
        let rows = UnsafeBufferPointer(start: postings.rows + postings.starts[number], count: count)
        let values = UnsafeBufferPointer(start: postings.values + postings.starts[number], count: count)
        let first = blocks.count
        for start in stride(from: 0, to: count, by: PostingBlock.capacity) {
            let range = start..<min(start + PostingBlock.capacity, count)
            appendBlock(UnsafeBufferPointer(rebasing: rows[range]), UnsafeBufferPointer(rebasing: values[range]))
        }
        let bound = bound(of: blocks[first...].map(\.bound))
        lists.append(PostingList(firstBlock: UInt32(first), count: UInt32(count), bound: bound))
    }

    private mutating func appendBlock(_ rows: UnsafeBufferPointer<UInt32>, _ values: UnsafeBufferPointer<Float>) {
        let block = PostingBlock(
            firstRow: rows[0], lastRow: rows[rows.count - 1], payload: UInt32(payload.count / 4),
            bound: bound(of: rows, values), count: UInt8(rows.count), rowBytes: Self.rowBytes(rows),
            valueBytes: Self.valueBytes(values), unused: 0)
        blocks.append(block)
        switch block.valueBytes {
        case 0: withUnsafeBytes(of: values[0]) { payload.append(contentsOf: $0) }
        case 1: for value in values { payload.append(UInt8(value)) }
        default: payload.append(contentsOf: UnsafeRawBufferPointer(values))
        }
        for row in rows {
            withUnsafeBytes(of: row - rows[0]) { payload.append(contentsOf: $0.prefix(Int(block.rowBytes))) }
        }
        while payload.count % 4 != 0 { payload.append(0) }
    }

    private static func rowBytes(_ rows: UnsafeBufferPointer<UInt32>) -> UInt8 {
        let span = rows[rows.count - 1] - rows[0]
        if Int(span) == rows.count - 1 { return 0 }
        return span < 1 << 8 ? 1 : span < 1 << 16 ? 2 : 4
    }

    private static func valueBytes(_ values: UnsafeBufferPointer<Float>) -> UInt8 {
        if values.allSatisfy({ $0 == values[0] }) { return 0 }
        return values.allSatisfy { $0 >= 0 && $0 <= 255 && $0 == $0.rounded() } ? 1 : 4
    }

    private func bound(of rows: UnsafeBufferPointer<UInt32>, _ values: UnsafeBufferPointer<Float>) -> PostingBound {
        guard case .bm25 = scoring else { return PostingBound(first: values.max()!, second: values.min()!) }
        return bound(of: rows.indices.map { PostingBound(first: values[$0], second: lengths[Int(rows[$0])]) })
    }

    /// The bound of postings that have these bounds.
    private func bound(of parts: [PostingBound]) -> PostingBound {
        guard case .bm25 = scoring else {
            return PostingBound(first: parts.map(\.first).max()!, second: parts.map(\.second).min()!)
        }
        let scores = parts.map { scorer.score($0.first, length: $0.second) }
        return parts[scores.indices.max { scores[$0] < scores[$1] }!]
    }
}
