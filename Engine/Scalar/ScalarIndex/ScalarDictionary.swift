/// The distinct values of an index in ascending order; a position in it names a value.
protocol ScalarDictionary: Sendable {
    var count: Int { get }
    var memoryBytes: Int { get }

    /// The positions of the values in a range; nil if values are not compared with such bounds.
    /// O(log n) comparisons.
    func positions(in range: ScalarRange) -> Range<Int>?

    /// The positions of the texts that begin like a pattern does, all that may match it; nil if values are no texts.
    func candidates(like pattern: LikePattern) -> Range<Int>?

    /// The positions of the values that match a pattern, ascending; nil if values are no texts.
    /// O(values that share the literal beginning of the pattern).
    func positions(like pattern: LikePattern) -> [Range<Int>]?

    func write(to writer: inout ByteWriter)
}

extension ScalarDictionary {
    /// The positions of values equal to a constant: several integers may equal one floating point number.
    func positions(equalTo value: Value) -> Range<Int>? {
        let bound = ScalarBound(value: value, isIncluded: true)
        return positions(in: ScalarRange(lower: bound, upper: bound))
    }
}

/// The first position of 0 ..< `count` at which `isBefore` is no longer true. It is true up to some position.
@inline(__always)
func partitionPoint(_ count: Int, _ isBefore: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
        let middle = (low + high) / 2
        if isBefore(middle) { low = middle + 1 } else { high = middle }
    }
    return low
}
