/// From what an upper bound of the scores of some postings follows.
///
/// For inner products the largest and the smallest value; for BM25 the value and the document length of the posting
/// whose score is largest at the average length of the segment.
struct PostingBound: BitwiseCopyable {
    let first: Float
    let second: Float
}

/// One dimension: its postings, in blocks.
struct PostingList: BitwiseCopyable {
    let firstBlock: UInt32
    /// Postings, that is rows with the dimension.
    let count: UInt32
    let bound: PostingBound
}

/// Up to 128 postings of a dimension, by ascending row. The payload holds the values and then the rows.
struct PostingBlock: BitwiseCopyable {
    static let capacity = 128

    let firstRow: UInt32
    let lastRow: UInt32
    /// Where the payload begins, in units of four bytes.
    let payload: UInt32
    let bound: PostingBound
    let count: UInt8
    /// Bytes of each row, as its distance from the first; 0 if rows follow each other without a gap.
    let rowBytes: UInt8
    /// Bytes of each value: 4 as a float, 1 as an integer, 0 if all values are the one float of the payload.
    let valueBytes: UInt8
    let unused: UInt8

    /// Bytes of the values, which begin at the payload.
    @inline(__always)
    var valuesLength: Int { valueBytes == 0 ? 4 : Int(count) * Int(valueBytes) }

    var payloadLength: Int { valuesLength + Int(count) * Int(rowBytes) }
}

/// The rows of each dimension of a segment with their values: an inverted file (Zobel and Moffat 2006).
final class PostingLists: Sendable {
    /// How many rows, and the sum of all document lengths (BM25 only) as a double.
    let header: FixedArray<UInt64>
    /// Ascending.
    let dimensions: FixedArray<UInt32>
    /// By position of the dimension; one more ends the blocks of the last.
    let lists: FixedArray<PostingList>
    let blocks: FixedArray<PostingBlock>
    let payload: FixedArray<UInt8>
    /// Document lengths by row; BM25 only, else empty.
    let lengths: FixedArray<Float>

    init(
        header: FixedArray<UInt64>, dimensions: FixedArray<UInt32>, lists: FixedArray<PostingList>,
        blocks: FixedArray<PostingBlock>, payload: FixedArray<UInt8>, lengths: FixedArray<Float>
    ) {
        self.header = header
        self.dimensions = dimensions
        self.lists = lists
        self.blocks = blocks
        self.payload = payload
        self.lengths = lengths
    }

    var rowCount: Int { Int(truncatingIfNeeded: header[0]) }
    /// Sum of all document lengths; BM25 only.
    var totalLength: Double { Double(bitPattern: header[1]) }

    var memoryBytes: Int {
        dimensions.byteCount + lists.byteCount + blocks.byteCount + payload.byteCount + lengths.byteCount
    }

    /// Of the document lengths; BM25 only.
    var averageLength: Double { rowCount > 0 ? totalLength / Double(rowCount) : 0 }

    /// The position of a dimension; nil if no row has it. O(log dimensions).
    func position(of dimension: UInt32) -> Int? {
        let dimensions = dimensions.base
        let place = lowerBound(count: self.dimensions.count) { dimensions[$0] < dimension }
        return place < self.dimensions.count && dimensions[place] == dimension ? place : nil
    }

    func blocks(of position: Int) -> Range<Int> {
        Int(lists[position].firstBlock)..<Int(lists[position + 1].firstBlock)
    }

    /// The value of a dimension in a row; nil if it has none. O(log postings).
    func value(at position: Int, of row: UInt32) -> Float? { value(in: blocks(of: position), of: row) }

    /// The same where the blocks of the dimension that may have the row are known.
    @inline(__always)
    func value(in range: Range<Int>, of row: UInt32) -> Float? {
        let blocks = blocks.base + range.lowerBound
        let place = lowerBound(count: range.count) { blocks[$0].lastRow < row }
        guard place < range.count, row >= blocks[place].firstRow else { return nil }
        let reader = PostingReader(blocks[place], payload: payload.base)
        return reader.index(of: row).map(reader.value)
    }
}
