/// The rows of one value in the form that takes the least memory: the rows themselves, runs of rows that follow each
/// other, or a bitmap (after Lemire, Ssi-Yan-Kai and Kaser 2016, with one form for a list instead of one for each
/// 65,536 rows).
enum RowList {
    /// Ascending.
    case rows(UnsafeBufferPointer<UInt32>)
    /// First and last row of each run, ascending.
    case runs(UnsafeBufferPointer<UInt32>, count: Int)
    /// Lower and upper half of each word, from the word `firstWord` of the set on.
    case bitmap(UnsafeBufferPointer<UInt32>, firstWord: Int, count: Int)

    /// The words of a list begin with this bit and one more, and the number of rows, unless they are the rows.
    private static let marker: UInt32 = 1 << 31
    private static let bitmapMarker: UInt32 = 1 << 30
    /// A row is below this.
    static let rowLimit = 1 << 30

    /// Whether a list that begins with a word is its rows.
    static func isRows(_ head: UInt32) -> Bool { head & marker == 0 }

    /// - Parameter words: a list as `append` wrote it; at least one word.
    @inline(__always)
    init(_ words: UnsafeBufferPointer<UInt32>) {
        let head = words[0]
        guard head & Self.marker != 0 else {
            self = .rows(words)
            return
        }
        let count = Int(head & (Self.bitmapMarker - 1))
        if head & Self.bitmapMarker == 0 {
            self = .runs(UnsafeBufferPointer(rebasing: words[1...]), count: count)
        } else {
            let payload = UnsafeBufferPointer(rebasing: words[2...])
            self = .bitmap(payload, firstWord: Int(words[1]), count: count)
        }
    }

    /// Appends a list of `rows`, which ascend and are not empty.
    static func append(_ rows: ArraySlice<UInt32>, to words: inout [UInt32]) {
        var runCount = 1
        for (before, row) in zip(rows, rows.dropFirst()) where row != before + 1 { runCount += 1 }
        let firstWord = rows.first! >> 6
        let bitmapWords = Int(rows.last! >> 6 - firstWord) + 1
        let runSize = 1 + 2 * runCount
        let bitmapSize = 2 + 2 * bitmapWords
        if rows.count <= min(runSize, bitmapSize) {
            words += rows
        } else if runSize <= bitmapSize {
            words.append(marker | UInt32(rows.count))
            appendRuns(of: rows, to: &words)
        } else {
            words += [marker | bitmapMarker | UInt32(rows.count), firstWord]
            appendBitmap(of: rows, wordCount: bitmapWords, to: &words)
        }
    }

    private static func appendRuns(of rows: ArraySlice<UInt32>, to words: inout [UInt32]) {
        var first = rows.first!
        for (before, row) in zip(rows, rows.dropFirst()) where row != before + 1 {
            words += [first, before]
            first = row
        }
        words += [first, rows.last!]
    }

    private static func appendBitmap(of rows: ArraySlice<UInt32>, wordCount: Int, to words: inout [UInt32]) {
        let start = words.count
        let firstRow = (rows.first! >> 6) << 6
        words.append(contentsOf: repeatElement(0, count: 2 * wordCount))
        for row in rows { words[start + Int((row - firstRow) >> 5)] |= 1 << ((row - firstRow) & 31) }
    }

    var count: Int {
        switch self {
        case .rows(let rows): rows.count
        case .runs(_, let count), .bitmap(_, _, let count): count
        }
    }

    func add(to collector: inout RowCollector) {
        switch self {
        case .rows(let rows): collector.insert(rows)
        case .runs(let bounds, _):
            for run in 0..<bounds.count / 2 { collector.insert(Int(bounds[2 * run])...Int(bounds[2 * run + 1])) }
        case .bitmap(let halves, let firstWord, _): collector.insert(bitmap: halves, firstWord: firstWord)
        }
    }

    /// The rows one by one.
    func expanded() -> [UInt32] {
        switch self {
        case .rows(let rows): return Array(rows)
        case .runs(let bounds, _):
            return (0..<bounds.count / 2).flatMap { bounds[2 * $0]...bounds[2 * $0 + 1] }
        case .bitmap(let halves, let firstWord, _):
            var rows: [UInt32] = []
            for (index, half) in halves.enumerated() {
                var rest = half
                while rest != 0 {
                    rows.append(UInt32(firstWord << 6 + index << 5 + rest.trailingZeroBitCount))
                    rest &= rest - 1
                }
            }
            return rows
        }
    }
}

extension RowList {
    /// Those of some ascending rows that are in the list. O(rows given x log of the steps between them).
    func intersection(with given: [UInt32]) -> [UInt32] {
        switch self {
        case .rows(let rows):
            var position = 0
            return given.filter { row in
                position = Self.gallop(rows, from: position, to: row)
                return position < rows.count && rows[position] == row
            }
        case .runs(let bounds, _):
            return given.filter { row in
                let run = partitionPoint(bounds.count / 2) { bounds[2 * $0 + 1] < row }
                return 2 * run < bounds.count && bounds[2 * run] <= row
            }
        case .bitmap(let halves, let firstWord, _):
            return given.filter { row in
                let half = Int(row >> 5) - 2 * firstWord
                return halves.indices.contains(half) && halves[half] & (1 << (row & 31)) != 0
            }
        }
    }

    /// The first position from `start` on whose row is not below `row`, found by steps that double
    /// (Bentley and Yao 1976).
    private static func gallop(_ rows: UnsafeBufferPointer<UInt32>, from start: Int, to row: UInt32) -> Int {
        var step = 1
        while start + step < rows.count, rows[start + step] < row { step *= 2 }
        let low = start + step / 2
        let high = min(start + step + 1, rows.count)
        guard low < high else { return rows.count }
        return low + partitionPoint(high - low) { rows[low + $0] < row }
    }

    /// What is wrong with the words of a list in a set of `rowCount` rows; nil if nothing is.
    static func fault(in words: UnsafeBufferPointer<UInt32>, rowCount: Int) -> String? {
        guard let head = words.first else { return "has no rows" }
        if head & marker != 0, words.count < (head & bitmapMarker == 0 ? 3 : 4) { return "ends too early" }
        switch RowList(words) {
        case .rows(let rows):
            return ascends(rows, below: rowCount) ? nil : "has rows that do not ascend"
        case .runs(let bounds, let count):
            guard bounds.count % 2 == 0, bounds[0] <= bounds[1] else { return "has half a run" }
            guard ascends(bounds, orEqualWithin: 2, below: rowCount) else { return "has runs that do not ascend" }
            let total = (0..<bounds.count / 2).reduce(0) { $0 + Int(bounds[2 * $1 + 1] - bounds[2 * $1]) + 1 }
            return total == count ? nil : "has \(total) rows instead of \(count)"
        case .bitmap(let halves, let firstWord, let count):
            let wordCount = (rowCount + 63) / 64
            guard halves.count % 2 == 0, firstWord + halves.count / 2 <= wordCount else {
                return "has a bitmap that ends behind the rows"
            }
            guard let last = halves.lastIndex(where: { $0 != 0 }),
                firstWord << 6 + last << 5 + 31 - halves[last].leadingZeroBitCount < rowCount
            else { return "has a row that is not there" }
            let total = halves.reduce(0) { $0 + $1.nonzeroBitCount }
            return total == count ? nil : "has \(total) rows instead of \(count)"
        }
    }

    private static func ascends(_ rows: UnsafeBufferPointer<UInt32>, below rowCount: Int) -> Bool {
        for position in 1..<max(rows.count, 1) where rows[position - 1] >= rows[position] { return false }
        return Int(rows[rows.count - 1]) < rowCount
    }

    /// Whether bounds ascend; the two of one group may be equal.
    private static func ascends(
        _ bounds: UnsafeBufferPointer<UInt32>, orEqualWithin group: Int, below rowCount: Int
    ) -> Bool {
        for position in 1..<bounds.count {
            let isInside = position % group != 0
            let (before, bound) = (bounds[position - 1], bounds[position])
            if bound < before || (bound == before && !isInside) { return false }
        }
        return Int(bounds[bounds.count - 1]) < rowCount
    }
}
