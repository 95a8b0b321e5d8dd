/// Adds up bounds of all postings of a query as integers, and computes the scores only of rows whose sum can still
/// enter: exhaustive in the cheap part, so it does not depend on how well bounds of whole lists separate the rows.
///
/// Scores are bounded by impacts (Anh and Moffat 2006): a byte for each posting, times a 16-bit weight for each term.
/// The weights use up the range of a 16-bit sum. Rounding takes less than 1 from each product, so that a row whose
/// score is above a cutoff has a sum above scale x cutoff - terms.
///
/// Rows go by in chunks whose sums stay in the second-level cache. In each chunk the best row of the best groups comes
/// first: that raises the cutoff at once to about where it stays.
struct ImpactScan: ~Copyable {
    private let lists: PostingLists
    private let impacts: ImpactTable
    private let terms: [ScannedTerm]
    private let scale: Double
    private let chunkRows: Int
    private let sums: UnsafeMutablePointer<UInt16>
    private let maxima: UnsafeMutablePointer<UInt16>
    private let kernels = ImpactKernels.best

    private static let groupRows = ImpactKernels.groupRows
    private static let defaultChunkRows = 1 << 15
    private static let mostTerms = 128
    /// No weight is smaller, so that no product with an impact is 0.
    private static let leastWeight = 256.0

    private struct ScannedTerm {
        let source: PostingSource
        let list: Int
        let weight: UInt16
        /// Impacts by row, if the list has them.
        let byRow: UnsafePointer<UInt8>?
        /// The blocks with rows of the chunk.
        var blocks: Range<Int>
    }

    /// nil if the query has too many terms, or bounds that say nothing.
    ///
    /// - Parameter chunkRows: a multiple of `ImpactKernels.groupRows`.
    init?(
        _ terms: SparseTerms, in lists: PostingLists, impacts: ImpactTable, chunkRows: Int = Self.defaultChunkRows
    ) {
        precondition(chunkRows % Self.groupRows == 0 && chunkRows <= 1 << 20)
        let weights = terms.sources.map { $0.scorer.weight * $0.boundFactor * 256 / ImpactTable.scale }
        let total = weights.reduce(0, +)
        let range = Double(UInt16.max) - Double(weights.count) * Self.leastWeight
        guard !weights.isEmpty, weights.count <= Self.mostTerms, total > 0, total.isFinite else { return nil }
        let scale = range / total
        self.terms = terms.sources.indices.map { index in
            let list = terms.positions[index]
            let first = lists.blocks(of: list).lowerBound
            return ScannedTerm(
                source: terms.sources[index], list: list,
                weight: UInt16(max(Self.leastWeight, (weights[index] * scale).rounded(.up))),
                byRow: impacts.byRow(list), blocks: first..<first)
        }
        self.scale = scale
        self.lists = lists
        self.impacts = impacts
        self.chunkRows = chunkRows
        sums = .allocate(capacity: chunkRows)
        maxima = .allocate(capacity: chunkRows / Self.groupRows)
    }

    deinit {
        sums.deallocate()
        maxima.deallocate()
    }

    /// Offers every row that can enter to `collector`.
    func search(into collector: inout ScoreCollector) {
        var terms = terms
        for start in stride(from: 0, to: lists.rowCount, by: chunkRows) {
            let count = min(chunkRows, lists.rowCount - start)
            let groups = (count + Self.groupRows - 1) / Self.groupRows
            sums.update(repeating: 0, count: groups * Self.groupRows)
            for index in terms.indices { add(&terms[index], start, count) }
            kernels.maxima(sums, groups: groups, into: maxima)
            clearForbidden(start, groups: groups, collector)
            collect(terms, start, groups: groups, &collector)
        }
    }

    // MARK: Sums

    private func add(_ term: inout ScannedTerm, _ start: Int, _ count: Int) {
        let end = UInt32(start + count)
        var block = term.blocks.upperBound
        let last = lists.blocks(of: term.list).upperBound
        // The block before may reach into this chunk.
        if !term.blocks.isEmpty, lists.blocks[block - 1].lastRow >= UInt32(start) { block -= 1 }
        let first = block
        if term.byRow == nil {
            while block < last, lists.blocks[block].firstRow < end {
                add(lists.blocks[block], impacts.ofBlock(block, of: term.list), term.weight, UInt32(start), end)
                block += 1
            }
        } else {
            kernels.add(term.byRow! + start, weight: term.weight, count: count, to: sums)
            block = lists.blocks.base.distance(to: term.source.block(reaching: end, from: lists.blocks.base + first))
            if block < last, lists.blocks[block].firstRow < end { block += 1 }
        }
        term.blocks = first..<block
    }

    /// Adds the postings of a block with rows from `start` up to `end`.
    private func add(
        _ block: PostingBlock, _ impacts: UnsafePointer<UInt8>, _ weight: UInt16, _ start: UInt32, _ end: UInt32
    ) {
        let reader = PostingReader(block, payload: lists.payload.base)
        let count = Int(block.count)
        let lower = block.firstRow < start ? lowerBound(count: count) { reader.row($0) < start } : 0
        let upper = block.lastRow >= end ? lowerBound(count: count) { reader.row($0) < end } : count
        reader.forEachRow(lower..<upper) { index, row in
            let sum = sums + Int(row &- start)
            sum.pointee &+= UInt16(truncatingIfNeeded: (UInt32(impacts[index]) &* UInt32(weight)) >> 8)
        }
    }

    // MARK: Rows that can enter

    /// Sets the sums of rows that are not permitted to zero, where it matters.
    private func clearForbidden(_ start: Int, groups: Int, _ collector: borrowing ScoreCollector) {
        let limit = limit(collector)
        for group in 0..<groups where maxima[group] > limit {
            var forbidden = ~collector.permittedRows(ofGroup: start / Self.groupRows + group)
            guard forbidden != 0 else { continue }
            let first = sums + group * Self.groupRows
            while forbidden != 0 {
                first[forbidden.trailingZeroBitCount] = 0
                forbidden &= forbidden - 1
            }
            kernels.maxima(first, groups: 1, into: maxima + group)
        }
    }

    private func collect(_ terms: [ScannedTerm], _ start: Int, groups: Int, _ collector: inout ScoreCollector) {
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: groups) { order in
            let count = sortGroups(groups, above: limit(collector), into: order.baseAddress!)
            for group in order[..<min(count, collector.missing)] {
                offerBest(of: Int(group), terms, start, &collector)
            }
            for group in order[..<count] where maxima[Int(group)] > limit(collector) {
                offerAll(of: Int(group), terms, start, &collector)
            }
        }
    }

    /// A row whose sum is at most this cannot enter.
    @inline(__always)
    private func limit(_ collector: borrowing ScoreCollector) -> UInt16 {
        let bound = (scale * collector.cutoffInAnyOrder - Double(terms.count)).rounded(.down)
        return bound > 0 ? UInt16(min(bound, Double(UInt16.max))) : 0
    }

    /// Writes the groups with a sum above `limit` by falling upper byte of their maximum.
    ///
    /// - Returns: how many there are.
    private func sortGroups(_ groups: Int, above limit: UInt16, into order: UnsafeMutablePointer<UInt16>) -> Int {
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 257) { ends in
            ends.initialize(repeating: 0)
            for group in 0..<groups where maxima[group] > limit { ends[256 - Int(maxima[group] >> 8)] += 1 }
            for key in 1...256 { ends[key] += ends[key - 1] }
            for group in 0..<groups where maxima[group] > limit {
                let key = 255 - Int(maxima[group] >> 8)
                order[Int(ends[key])] = UInt16(truncatingIfNeeded: group)
                ends[key] += 1
            }
            return Int(ends[255])
        }
    }

    private func offerBest(of group: Int, _ terms: [ScannedTerm], _ start: Int, _ collector: inout ScoreCollector) {
        let first = group * Self.groupRows
        for place in first..<first + Self.groupRows where sums[place] == maxima[group] {
            return offer(place, terms, start, &collector)
        }
    }

    private func offerAll(of group: Int, _ terms: [ScannedTerm], _ start: Int, _ collector: inout ScoreCollector) {
        var limit = limit(collector)
        let first = group * Self.groupRows
        for place in first..<first + Self.groupRows where sums[place] > limit {
            offer(place, terms, start, &collector)
            limit = self.limit(collector)
        }
    }

    /// Offers the row of a sum, once.
    private func offer(_ place: Int, _ terms: [ScannedTerm], _ start: Int, _ collector: inout ScoreCollector) {
        sums[place] = 0
        let row = UInt32(start + place)
        collector.offer(row, score: Float(score(of: row, terms)))
    }

    /// The sum of what the terms add, by ascending dimension.
    private func score(of row: UInt32, _ terms: [ScannedTerm]) -> Double {
        var sum = 0.0
        let length = lists.lengths[Int(row)]
        for term in terms {
            if let byRow = term.byRow, byRow[Int(row)] == 0 { continue }
            guard let value = lists.value(in: term.blocks, of: row) else { continue }
            sum += term.source.scorer.score(value, length: length)
        }
        return sum
    }
}
