extension RandomSource {
    /// A uniform number in 0 ..< 1 with 24 random bits.
    public mutating func uniform() -> Float {
        Float(next() >> 40) * 0x1p-24
    }

    /// A uniform number in `range`.
    public mutating func uniform(in range: Range<Float>) -> Float {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// A uniform number in 0 ..< 1 with 53 random bits.
    public mutating func uniformDouble() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A uniform integer in 0 ..< `bound`.
    ///
    /// The high word of a 64 x 64 bit product (Lemire, "Fast random integer generation in an interval", 2019)
    /// without its rejection step: the bias is below `bound` / 2^64.
    public mutating func integer(below bound: Int) -> Int {
        precondition(bound > 0, "the bound of a random integer must be positive")
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// Puts `elements` into a random order (Fisher and Yates).
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        guard elements.count > 1 else { return }
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, integer(below: last + 1))
        }
    }

    /// `count` different numbers of 0 ..< `bound`, in random order. Memory is O(count).
    ///
    /// Floyd's method (Bentley and Floyd, "Programming pearls: a sample of brilliance", 1987), then a shuffle.
    public mutating func sample(_ count: Int, below bound: Int) -> [Int] {
        precondition(count >= 0 && count <= bound, "cannot draw \(count) different numbers below \(bound)")
        var chosen = Set<Int>(minimumCapacity: count)
        var order: [Int] = []
        order.reserveCapacity(count)
        for candidate in (bound - count)..<bound {
            let drawn = integer(below: candidate + 1)
            let taken = chosen.contains(drawn) ? candidate : drawn
            chosen.insert(taken)
            order.append(taken)
        }
        shuffle(&order)
        return order
    }
}

/// Draws ranks 0 ..< `count` with probability proportional to (1 + rank)^-exponent.
///
/// A draw is a binary search in the cumulative weights: O(log count).
public struct ZipfDistribution: Sendable {
    public let count: Int
    public let exponent: Double
    private let cumulative: [Double]

    public init(count: Int, exponent: Double) {
        precondition(count > 0, "a Zipf distribution needs at least one rank")
        self.count = count
        self.exponent = exponent
        var sum = 0.0
        cumulative = (0..<count).map { rank in
            sum += power(Double(rank + 1), -exponent)
            return sum
        }
    }

    /// The probability of a rank.
    public func probability(of rank: Int) -> Double {
        let before = rank == 0 ? 0 : cumulative[rank - 1]
        return (cumulative[rank] - before) / cumulative[count - 1]
    }

    /// A random rank.
    public func draw(_ random: inout RandomSource) -> Int {
        let target = random.uniformDouble() * cumulative[count - 1]
        var low = 0
        var high = count - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > target { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
