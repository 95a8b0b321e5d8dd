/// Vectors of one dimension, row after row in one array.
public struct VectorSet: Sendable, Equatable {
    /// The number of rows.
    public let count: Int
    /// The number of values in a row.
    public let dimension: Int
    /// Row 0, then row 1, and so on: `count` x `dimension` values.
    public private(set) var values: [Float]

    /// A set of `values.count / dimension` rows; the division must leave no rest.
    public init(dimension: Int, values: [Float]) {
        precondition(dimension > 0, "the dimension of a vector set must be positive")
        precondition(values.count % dimension == 0, "values must fill whole rows of \(dimension)")
        count = values.count / dimension
        self.dimension = dimension
        self.values = values
    }

    /// A set with the given rows, of which there must be at least one; all must have its length.
    public init(rows: [[Float]]) {
        precondition(!rows.isEmpty, "a vector set made of rows needs at least one")
        let dimension = rows[0].count
        precondition(rows.allSatisfy { $0.count == dimension }, "all rows must have the same dimension")
        self.init(dimension: dimension, values: rows.flatMap { $0 })
    }

    /// A copy of row `index`.
    public subscript(index: Int) -> [Float] {
        Array(row(index))
    }

    /// Row `index` as a part of the values, without a copy.
    public func row(_ index: Int) -> ArraySlice<Float> {
        precondition(index >= 0 && index < count, "row \(index) of \(count)")
        return values[index * dimension..<(index + 1) * dimension]
    }

    /// Calls `body` with the values of row `index`.
    public func withRow<Result>(
        _ index: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        precondition(index >= 0 && index < count, "row \(index) of \(count)")
        return try values.withUnsafeBufferPointer { all in
            try body(UnsafeBufferPointer(rebasing: all[index * dimension..<(index + 1) * dimension]))
        }
    }

    /// Calls `body` with all values, row after row.
    public func withValues<Result>(
        _ body: (UnsafeBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        try values.withUnsafeBufferPointer(body)
    }

    /// Lets `body` change the values in place.
    public mutating func withMutableValues<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        try values.withUnsafeMutableBufferPointer { try body($0) }
    }

    /// The first `rows` rows, or all when there are fewer.
    public func prefix(_ rows: Int) -> VectorSet {
        precondition(rows >= 0, "a number of rows cannot be negative")
        guard rows < count else { return self }
        return VectorSet(dimension: dimension, values: Array(values[0..<rows * dimension]))
    }

    /// The rows of `range`.
    public func rows(_ range: Range<Int>) -> VectorSet {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "rows \(range) of \(count)")
        let start = range.lowerBound * dimension
        return VectorSet(dimension: dimension, values: Array(values[start..<range.upperBound * dimension]))
    }

    /// Makes a set of `count` rows by letting `fill` write each of them, from up to `threads` threads.
    ///
    /// `fill` must write all values of the row it is given; the order of the rows is not defined.
    public static func make(
        count: Int, dimension: Int, threads: Int,
        fill: @escaping @Sendable (_ row: Int, _ values: UnsafeMutableBufferPointer<Float>) -> Void
    ) -> VectorSet {
        precondition(count >= 0 && dimension > 0, "a vector set needs a positive dimension")
        guard count > 0 else { return VectorSet(dimension: dimension, values: []) }
        let chunk = max(1, min(4096, 65_536 / dimension))
        let values = [Float](unsafeUninitializedCapacity: count * dimension) { buffer, filled in
            let memory = SharedMemory(buffer)
            Parallel.forEachRange(count: count, chunk: chunk, threads: threads) { rows in
                for row in rows { fill(row, memory.slice(start: row * dimension, count: dimension)) }
            }
            filled = count * dimension
        }
        return VectorSet(dimension: dimension, values: values)
    }
}

/// Rows of 32-bit integers, such as the ids of nearest neighbours: one row per query, nearest first.
public struct IntegerSet: Sendable, Equatable {
    /// The number of rows.
    public let count: Int
    /// The number of integers in a row.
    public let width: Int
    /// Row after row: `count` x `width` integers.
    public let ids: [Int32]

    /// A set of `ids.count / width` rows; the division must leave no rest.
    public init(width: Int, ids: [Int32]) {
        precondition(width > 0, "the width of an integer set must be positive")
        precondition(ids.count % width == 0, "integers must fill whole rows of \(width)")
        count = ids.count / width
        self.width = width
        self.ids = ids
    }

    /// Row `index` as a part of the integers, without a copy.
    public func row(_ index: Int) -> ArraySlice<Int32> {
        precondition(index >= 0 && index < count, "row \(index) of \(count)")
        return ids[index * width..<(index + 1) * width]
    }

    /// The first `rows` rows, or all when there are fewer.
    public func prefix(_ rows: Int) -> IntegerSet {
        IntegerSet(width: width, ids: Array(ids[0..<min(count, rows) * width]))
    }

    /// The first `newWidth` integers of every row.
    public func narrowed(to newWidth: Int) -> IntegerSet {
        precondition(newWidth > 0 && newWidth <= width, "cannot take \(newWidth) of \(width) integers")
        return IntegerSet(width: newWidth, ids: (0..<count).flatMap { row($0).prefix(newWidth) })
    }
}
