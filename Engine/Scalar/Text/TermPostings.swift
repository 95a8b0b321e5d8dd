/// Walks the rows of one term by ascending row.
///
/// A posting is the distance from the row before, the length in bytes of its positions, and the positions, each as the
/// distance from the one before: numbers of seven bits a byte, the lowest first, all but the last with the top bit.
struct TermPostings {
    /// The current row; nil behind the last.
    private(set) var row: Int? = 0
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    private var positionBytes = 0..<0

    /// - Parameter bytes: what `append` wrote for one term.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        advance()
    }

    mutating func advance() {
        guard let previous = row, offset < bytes.count else {
            row = nil
            return
        }
        row = previous + Self.number(bytes, &offset)
        let length = Self.number(bytes, &offset)
        positionBytes = offset..<offset + length
        offset += length
    }

    /// Moves to the first row at or behind `target`. O(rows passed).
    mutating func seek(_ target: Int) {
        while let current = row, current < target { advance() }
    }

    /// Where the current row has the term, ascending.
    var positions: [Int] {
        var positions: [Int] = []
        var offset = positionBytes.lowerBound
        var position = 0
        while offset < positionBytes.upperBound {
            position += Self.number(bytes, &offset)
            positions.append(position)
        }
        return positions
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> Int {
        var value = 0
        var shift = 0
        while true {
            let byte = bytes[offset]
            offset += 1
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// Appends one posting.
    ///
    /// - Parameter rowDistance: from the posting before, or from row 0.
    static func append(rowDistance: UInt32, positions: UnsafeBufferPointer<UInt32>, to bytes: inout [UInt8]) {
        append(rowDistance, to: &bytes)
        var length = 0
        forEachDistance(positions) { length += byteCount($0) }
        append(UInt32(length), to: &bytes)
        forEachDistance(positions) { append($0, to: &bytes) }
    }

    private static func forEachDistance(_ positions: UnsafeBufferPointer<UInt32>, _ body: (UInt32) -> Void) {
        var previous: UInt32 = 0
        for position in positions {
            body(position - previous)
            previous = position
        }
    }

    private static func byteCount(_ number: UInt32) -> Int {
        max(1, (UInt32.bitWidth - number.leadingZeroBitCount + 6) / 7)
    }

    private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// Collects where terms occur, and sorts the places by term at the end.
struct TermIndexBuilder: ~Copyable {
    private var stream: TermStream
    private var terms = TermTable()
    /// One of each for every place, in the order of the texts.
    private var numbers: [UInt32] = []
    private var rows: [UInt32] = []
    private var positions: [UInt32] = []
    /// Places by number of the term.
    private var counts: [Int] = []

    init(_ analyzer: Analyzer) { stream = TermStream(analyzer) }

    /// Adds a text; rows come ascending.
    mutating func add(_ text: UnsafeRawBufferPointer, row: UInt32) {
        stream.start(text)
        while stream.next() {
            let number = terms.add(stream.bytes)
            if number == counts.count { counts.append(0) }
            counts[number] += 1
            numbers.append(UInt32(number))
            rows.append(row)
            positions.append(UInt32(stream.position))
        }
    }

    /// The terms, where the postings of each begin and the last end, and the postings.
    consuming func finish() -> (terms: TermTable, starts: [Int], postings: [UInt8]) {
        var ends: [Int] = []
        ends.reserveCapacity(counts.count)
        for count in counts { ends.append((ends.last ?? 0) + count) }
        var next = zip(ends, counts).map { $0 - $1 }
        var sortedRows = Array(repeating: UInt32(0), count: numbers.count)
        var sortedPositions = sortedRows
        for place in numbers.indices {
            let number = Int(numbers[place])
            sortedRows[next[number]] = rows[place]
            sortedPositions[next[number]] = positions[place]
            next[number] += 1
        }
        var starts = [0]
        var bytes: [UInt8] = []
        for (end, count) in zip(ends, counts) {
            Self.append(end - count..<end, sortedRows, sortedPositions, to: &bytes)
            starts.append(bytes.count)
        }
        return (terms, starts, bytes)
    }

    /// Appends the postings of one term, whose places lie in `range`.
    private static func append(
        _ range: Range<Int>, _ rows: [UInt32], _ positions: [UInt32], to bytes: inout [UInt8]
    ) {
        var start = range.lowerBound
        var previous: UInt32 = 0
        positions.withUnsafeBufferPointer { positions in
            while start < range.upperBound {
                let row = rows[start]
                var end = start + 1
                while end < range.upperBound, rows[end] == row { end += 1 }
                TermPostings.append(
                    rowDistance: row - previous, positions: UnsafeBufferPointer(rebasing: positions[start..<end]),
                    to: &bytes)
                (previous, start) = (row, end)
            }
        }
    }
}
