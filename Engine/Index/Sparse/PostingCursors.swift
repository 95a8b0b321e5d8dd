/// One cursor for each term of a query, by ascending bound of the lists, with the memory that they decode into.
struct PostingCursors: ~Copyable {
    let count: Int

    private let cursors: UnsafeMutablePointer<PostingCursor>
    private let rows: UnsafeMutablePointer<UInt32>
    private let scores: UnsafeMutablePointer<Double>

    init(_ terms: SparseTerms) {
        let sources = terms.sources.sorted { $0.listBound < $1.listBound }
        count = sources.count
        cursors = .allocate(capacity: count)
        rows = .allocate(capacity: count * PostingBlock.capacity)
        scores = .allocate(capacity: count * PostingBlock.capacity)
        for (index, source) in sources.enumerated() {
            let start = index * PostingBlock.capacity
            (cursors + index).initialize(to: PostingCursor(source, rows: rows + start, scores: scores + start))
        }
    }

    deinit {
        cursors.deallocate()
        rows.deallocate()
        scores.deallocate()
    }

    subscript(index: Int) -> UnsafeMutablePointer<PostingCursor> {
        @inline(__always) get {
            assert(index >= 0 && index < count)
            return cursors + index
        }
    }

    /// The lowest current row of the cursors from `first` on.
    @inline(__always)
    func lowestRow(from first: Int) -> UInt32 {
        var lowest = PostingCursor.end
        for index in first..<count { lowest = min(lowest, cursors[index].row) }
        return lowest
    }
}
