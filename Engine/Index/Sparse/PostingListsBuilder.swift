/// Turns rows into posting lists. The same rows give the same bytes.
struct PostingListsBuilder {
    private let rows: SparseRows
    private let count: Int
    private let scoring: SparseScoring
    /// Values smaller than this are left out.
    private let leastMagnitude: Float
    private let lengths: [Float]
    private let totalLength: Double

    /// - Parameter dropRatio: this share of the values, the smallest ones, is left out of inner products; values as
    ///   large as the first that stays are kept. Term frequencies are all kept, whatever the ratio.
    init(_ rows: SparseRows, count: Int, scoring: SparseScoring, dropRatio: Double) {
        self.rows = rows
        self.count = count
        self.scoring = scoring
        guard case .bm25 = scoring else {
            leastMagnitude = dropRatio > 0 ? Self.magnitude(rows, count: count, atShare: dropRatio) : 0
            lengths = []
            totalLength = 0
            return
        }
        leastMagnitude = 0
        lengths = (0..<count).map { Float(rows.row($0).length) }
        totalLength = (0..<count).reduce(0) { $0 + rows.row($1).length }
    }

    func build() -> PostingLists {
        var table = DimensionTable()
        var counts: [Int] = []
        forEachPosting { _, entry in
            let number = table.add(entry.index)
            if number == counts.count { counts.append(0) }
            counts[number] += 1
        }
        let order = table.dimensions.indices.sorted { table.dimensions[$0] < table.dimensions[$1] }
        let postings = scatter(table, counts: counts)
        var writer = PostingWriter(scoring: scoring, lengths: lengths, averageLength: averageLength)
        for number in order { writer.appendList(postings, of: number, count: counts[number]) }
        return PostingLists(
            header: FixedArray([UInt64(count), totalLength.bitPattern]),
            dimensions: FixedArray(order.map { table.dimensions[$0] }),
            lists: FixedArray(writer.finishedLists()), blocks: FixedArray(writer.blocks),
            payload: FixedArray(writer.payload), lengths: FixedArray(lengths))
    }

    private var averageLength: Double { count > 0 ? totalLength / Double(count) : 0 }

    private func forEachPosting(_ body: (UInt32, SparseEntry) -> Void) {
        for row in 0..<count {
            let entries = rows.row(row)
            for position in 0..<entries.count {
                let entry = entries[position]
                guard scoring.counts(entry.value), abs(entry.value) >= leastMagnitude else { continue }
                body(UInt32(row), entry)
            }
        }
    }

    /// The postings by number of their dimension, those of a dimension by row.
    private func scatter(_ table: DimensionTable, counts: [Int]) -> Postings {
        var ends: [Int] = []
        ends.reserveCapacity(counts.count)
        for count in counts { ends.append((ends.last ?? 0) + count) }
        let postings = Postings(starts: zip(ends, counts).map { $0 - $1 }, total: ends.last ?? 0)
        var next = postings.starts
        forEachPosting { row, entry in
            let number = table.number(of: entry.index)!
            postings.rows[next[number]] = row
            postings.values[next[number]] = entry.value
            next[number] += 1
        }
        return postings
    }

    /// The magnitude below which a share of all values lies, by counting the upper and then the lower half of bits.
    private static func magnitude(_ rows: SparseRows, count: Int, atShare share: Double) -> Float {
        var rank = 0
        var upper: UInt32?
        for shift: UInt32 in [16, 0] {
            var histogram = Array(repeating: 0, count: 1 << 16)
            for row in 0..<count {
                let entries = rows.row(row)
                for position in 0..<entries.count where entries[position].value != 0 {
                    let bits = entries[position].value.magnitude.bitPattern
                    if upper == nil || bits >> 16 == upper { histogram[Int((bits >> shift) & 0xffff)] += 1 }
                }
            }
            if upper == nil { rank = Int(share * Double(histogram.reduce(0, +))) }
            var half = 0
            while half < 0xffff, rank >= histogram[half] {
                rank -= histogram[half]
                half += 1
            }
            upper = (upper ?? 0) << 16 | UInt32(half)
        }
        return Float(bitPattern: upper ?? 0)
    }
}

/// Postings that are not yet in blocks.
final class Postings {
    /// Where those of each dimension begin.
    let starts: [Int]
    let rows: UnsafeMutablePointer<UInt32>
    let values: UnsafeMutablePointer<Float>

    init(starts: [Int], total: Int) {
        self.starts = starts
        rows = .allocate(capacity: total)
        values = .allocate(capacity: total)
    }

    deinit {
        rows.deallocate()
        values.deallocate()
    }
}
