/// What each posting of BM25 adds to a score at most, as a byte: 255 times the score of a term of weight 1 at the
/// average length of the segment, rounded up. Made from the posting lists when they come into memory.
///
/// Lists that have at least one row in eight are laid out by row, zero where a row has no posting, so that they are
/// added to sums without a look at rows. The others have a byte for each posting, in the order of their blocks.
final class ImpactTable: Sendable {
    static let scale = 255.0
    /// A list with this share of the rows takes about as much memory by row as by posting.
    private static let denseShare = 8

    private let bytes: FixedArray<UInt8>
    /// By list: where its bytes begin.
    private let starts: [Int]
    private let isDense: [Bool]
    /// By block: how many postings of its list lie before it.
    private let postingsBefore: [UInt32]

    /// nil for scores that are no BM25. O(postings).
    init?(_ lists: PostingLists, scoring: SparseScoring) {
        guard case .bm25 = scoring, lists.lengths.count > 0 else { return nil }
        let paddedRows = Self.paddedRows(lists.rowCount)
        let counts = (0..<lists.dimensions.count).map { Int(lists.lists[$0].count) }
        isDense = counts.map { $0 >= lists.rowCount / Self.denseShare }
        var starts: [Int] = []
        var total = 0
        for (count, isDense) in zip(counts, isDense) {
            starts.append(total)
            total += isDense ? paddedRows : count
        }
        self.starts = starts
        postingsBefore = Self.postingsBefore(lists)
        let memory = MemoryBlock(byteCount: total)
        let base = memory.base.assumingMemoryBound(to: UInt8.self)
        base.update(repeating: 0, count: total)
        let scorer = scoring.scorer(weight: 1, averageLength: lists.averageLength)
        for list in counts.indices {
            Self.write(lists, list, scorer, byRow: isDense[list], to: base + starts[list])
        }
        bytes = FixedArray(memory)
    }

    var memoryBytes: Int { bytes.byteCount + starts.count * 9 + postingsBefore.count * 4 }

    /// The impacts of a list by row, padded to whole groups; nil if the list is not laid out like that.
    func byRow(_ list: Int) -> UnsafePointer<UInt8>? { isDense[list] ? bytes.base + starts[list] : nil }

    /// The impacts of the postings of a block of a list that is not laid out by row.
    func ofBlock(_ block: Int, of list: Int) -> UnsafePointer<UInt8> {
        bytes.base + starts[list] + Int(postingsBefore[block])
    }

    private static func paddedRows(_ rows: Int) -> Int {
        (rows + ImpactKernels.groupRows - 1) / ImpactKernels.groupRows * ImpactKernels.groupRows
    }

    private static func postingsBefore(_ lists: PostingLists) -> [UInt32] {
        var before = Array(repeating: UInt32(0), count: lists.blocks.count)
        for list in 0..<lists.dimensions.count {
            for block in lists.blocks(of: list).dropFirst() {
                before[block] = before[block - 1] + UInt32(lists.blocks[block - 1].count)
            }
        }
        return before
    }

    private static func write(
        _ lists: PostingLists, _ list: Int, _ scorer: TermScorer, byRow: Bool, to target: UnsafeMutablePointer<UInt8>
    ) {
        var posting = 0
        for place in lists.blocks(of: list) {
            let reader = PostingReader(lists.blocks[place], payload: lists.payload.base)
            for index in 0..<Int(lists.blocks[place].count) {
                let row = Int(reader.row(index))
                let score = scorer.score(reader.value(index), length: lists.lengths[row])
                target[byRow ? row : posting] = impact(score)
                posting += 1
            }
        }
    }

    /// At least one, so that a row with a posting is told from one without.
    private static func impact(_ score: Double) -> UInt8 {
        UInt8(min(scale, max(1, (score * scale * (1 + 0x1p-40)).rounded(.up))))
    }
}
