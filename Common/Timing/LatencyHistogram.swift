/// Counts of durations in buckets whose width grows with the duration: any percentile within 0.8 %, in 30 kB.
///
/// Durations below 128 ns have a bucket each; above, every power of two is cut into 64 equal buckets. Adding is
/// O(1) and allocates nothing. One histogram belongs to one thread; merge them afterwards.
public struct LatencyHistogram: Sendable, Equatable {
    private static let subBuckets = 64
    private static let subBucketBits = 6
    private static let bucketCount = (64 - subBucketBits + 1) * subBuckets

    private var counts: [UInt64]
    public private(set) var count: UInt64 = 0
    /// The smallest duration added; nil when there is none.
    public private(set) var minimumNanoseconds: UInt64?
    /// The largest duration added; nil when there is none.
    public private(set) var maximumNanoseconds: UInt64?
    private var sum = 0.0

    public init() {
        counts = [UInt64](repeating: 0, count: LatencyHistogram.bucketCount)
    }

    /// The exact mean; nil when nothing was added.
    public var meanNanoseconds: Double? {
        count == 0 ? nil : sum / Double(count)
    }

    public mutating func add(_ nanoseconds: UInt64) {
        counts[LatencyHistogram.bucket(of: nanoseconds)] += 1
        count += 1
        sum += Double(nanoseconds)
        minimumNanoseconds = min(minimumNanoseconds ?? nanoseconds, nanoseconds)
        maximumNanoseconds = max(maximumNanoseconds ?? nanoseconds, nanoseconds)
    }

    /// Adds all durations of another histogram.
    public mutating func merge(_ other: LatencyHistogram) {
        guard let otherMinimum = other.minimumNanoseconds, let otherMaximum = other.maximumNanoseconds else {
            return
        }
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        sum += other.sum
        minimumNanoseconds = min(minimumNanoseconds ?? otherMinimum, otherMinimum)
        maximumNanoseconds = max(maximumNanoseconds ?? otherMaximum, otherMaximum)
    }

    /// The duration that `percent` of all durations do not exceed, by the nearest rank; nil when empty.
    ///
    /// The middle of the bucket, kept within the smallest and largest duration.
    public func percentileNanoseconds(_ percent: Double) -> Double? {
        precondition(percent >= 0 && percent <= 100, "a percentile lies in 0...100")
        guard let minimum = minimumNanoseconds, let maximum = maximumNanoseconds else { return nil }
        let rank = max(1, UInt64((percent / 100 * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, inBucket) in counts.enumerated() where inBucket > 0 {
            seen += inBucket
            guard seen >= rank else { continue }
            return min(Double(maximum), max(Double(minimum), LatencyHistogram.middle(of: bucket)))
        }
        return Double(maximum)
    }

    public var p50Nanoseconds: Double? { percentileNanoseconds(50) }
    public var p95Nanoseconds: Double? { percentileNanoseconds(95) }
    public var p99Nanoseconds: Double? { percentileNanoseconds(99) }
    public var p999Nanoseconds: Double? { percentileNanoseconds(99.9) }

    private static func bucket(of value: UInt64) -> Int {
        let highestBit = 63 - (value | 1).leadingZeroBitCount
        let shift = max(0, highestBit - subBucketBits)
        return shift * subBuckets + Int(value >> UInt64(shift))
    }

    private static func middle(of bucket: Int) -> Double {
        guard bucket >= 2 * subBuckets else { return Double(bucket) }
        let shift = bucket / subBuckets - 1
        let start = UInt64(bucket - shift * subBuckets) << UInt64(shift)
        return Double(start) + (Double(UInt64(1) << UInt64(shift)) - 1) / 2
    }
}
