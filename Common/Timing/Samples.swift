/// Statistics of raw samples.
public enum Samples {
    /// The value that `percent` of the samples do not exceed, by the nearest rank; nil when there is none.
    public static func percentile(_ percent: Double, of samples: [Double]) -> Double? {
        percentile(percent, ofSorted: samples.sorted())
    }

    /// As `percentile(_:of:)`, for samples in ascending order.
    public static func percentile(_ percent: Double, ofSorted samples: [Double]) -> Double? {
        precondition(percent >= 0 && percent <= 100, "a percentile lies in 0...100")
        guard !samples.isEmpty else { return nil }
        let rank = Int((percent / 100 * Double(samples.count)).rounded(.up))
        return samples[min(samples.count, max(1, rank)) - 1]
    }

    /// The middle sample, or the mean of the two middle ones; nil when there is none.
    public static func median(of samples: [Double]) -> Double? {
        guard !samples.isEmpty else { return nil }
        let sorted = samples.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The mean; nil when there is none.
    public static func mean(of samples: [Double]) -> Double? {
        samples.isEmpty ? nil : samples.reduce(0, +) / Double(samples.count)
    }

    /// The standard deviation with n - 1 below; nil for fewer than two samples.
    public static func standardDeviation(of samples: [Double]) -> Double? {
        guard samples.count > 1, let mean = mean(of: samples) else { return nil }
        let squares = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(samples.count - 1)).squareRoot()
    }
}
