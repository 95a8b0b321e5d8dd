extension ScalarQuantizer {
    /// Rows that ranges are chosen from.
    private static let sampleCount = 4096
    /// Shares of the values that a range may leave out on each side.
    private static let tails: [Double] = [0, 0.0005, 0.001, 0.002, 0.0035, 0.006, 0.01, 0.02, 0.04]

    /// Chooses the range of each dimension that codes the rows with the smallest squared error: values in the range
    /// lose a twelfth of the squared step in the mean, values outside lose their distance to it. So a few far values
    /// do not coarsen the rest, unless cutting them costs more than that.
    ///
    /// O(dimension x sample x log sample), and one pass over all rows for their lowest and highest values.
    static func train(
        _ kind: Kind, metric: Metric, rows: VectorRows, count: Int, team: WorkerTeam
    ) -> ScalarQuantizer {
        let dimension = rows.dimension
        guard kind.format.countsSteps else {
            return ScalarQuantizer(kind: kind, metric: metric, dimension: dimension, low: [], step: [])
        }
        let sampled = sampledRows(count)
        var ranges = [ValueRange](repeating: ValueRange(low: 0, high: 0), count: dimension)
        let extremes = extremes(rows, count: count, team: team)
        ranges.withUnsafeMutableBufferPointer { ranges in
            let target = ranges.baseAddress
            team.forEach(dimension, grain: 4) { part, _ in
                for index in part {
                    let values = sampled.map { rows.row($0).assumingMemoryBound(to: Float.self)[index] }
                    target![index] = bestRange(values, extremes[index], count: count, kind)
                }
            }
        }
        if kind == .sq4Uniform {
            let all = sharedRange(rows, sampled, extremes, count: count, kind)
            ranges = Array(repeating: all, count: dimension)
        }
        let steps = ranges.map { step($0, kind) }
        return ScalarQuantizer(
            kind: kind, metric: metric, dimension: dimension, low: ranges.map(\.low), step: steps)
    }

    struct ValueRange {
        var low: Float
        var high: Float
    }

    /// Rows spread evenly over all.
    private static func sampledRows(_ count: Int) -> [Int] {
        let size = min(count, sampleCount)
        return (0..<size).map { $0 * count / size }
    }

    /// The lowest and highest value of each dimension.
    private static func extremes(_ rows: VectorRows, count: Int, team: WorkerTeam) -> [ValueRange] {
        let empty = ValueRange(low: .infinity, high: -.infinity)
        var extremes = [ValueRange](repeating: empty, count: rows.dimension)
        extremes.withUnsafeMutableBufferPointer { extremes in
            let target = extremes.baseAddress
            team.forEach(rows.dimension, grain: 64) { part, _ in
                for row in 0..<count {
                    let vector = rows.row(row).assumingMemoryBound(to: Float.self)
                    for index in part {
                        target![index].low = min(target![index].low, vector[index])
                        target![index].high = max(target![index].high, vector[index])
                    }
                }
            }
        }
        return extremes
    }

    private static func sharedRange(
        _ rows: VectorRows, _ sampled: [Int], _ extremes: [ValueRange], count: Int, _ kind: Kind
    ) -> ValueRange {
        let stride = max(1, sampled.count * rows.dimension / (16 * sampleCount))
        var values: [Float] = []
        for place in Swift.stride(from: 0, to: sampled.count * rows.dimension, by: stride) {
            let vector = rows.row(sampled[place / rows.dimension]).assumingMemoryBound(to: Float.self)
            values.append(vector[place % rows.dimension])
        }
        let whole = extremes.reduce(ValueRange(low: .infinity, high: -.infinity)) {
            ValueRange(low: min($0.low, $1.low), high: max($0.high, $1.high))
        }
        return bestRange(values, whole, count: count * rows.dimension, kind)
    }

    /// - Parameters:
    ///   - values: a sample of `count` values.
    ///   - extremes: the lowest and highest of all.
    private static func bestRange(
        _ values: [Float], _ extremes: ValueRange, count: Int, _ kind: Kind
    ) -> ValueRange {
        guard !values.isEmpty else { return ValueRange(low: 0, high: 0) }
        let sorted = values.sorted()
        let cuts = tails.map { Int(Double(sorted.count) * $0) }
        let lows = [extremes.low] + cuts.map { sorted[$0] }
        let highs = [extremes.high] + cuts.map { sorted[sorted.count - 1 - $0] }
        let loss = RangeLoss(sorted: sorted, extremes: extremes, count: count, steps: Float(kind.format.highestCode))
        var best = ValueRange(low: extremes.low, high: extremes.high)
        for _ in 0..<2 {
            best.low = lows.min { loss.of($0, best.high) < loss.of($1, best.high) }!
            best.high = highs.min { loss.of(best.low, $0) < loss.of(best.low, $1) }!
        }
        return best
    }

    private static func step(_ range: ValueRange, _ kind: Kind) -> Float {
        let step = (range.high - range.low) / Float(kind.format.highestCode)
        return step > 0 && (1 / step).isFinite ? step : 0
    }
}

/// The mean squared error that a range of codes causes.
private struct RangeLoss {
    let sorted: [Float]
    let extremes: ScalarQuantizer.ValueRange
    let count: Int
    let steps: Float

    func of(_ low: Float, _ high: Float) -> Double {
        let step = Double((high - low) / steps)
        var outside = 0.0
        var index = 0
        while index < sorted.count && sorted[index] < low {
            outside += square(sorted[index], low)
            index += 1
        }
        index = sorted.count - 1
        while index >= 0 && sorted[index] > high {
            outside += square(sorted[index], high)
            index -= 1
        }
        // The extremes may be missing in the sample.
        let farthest = square(min(extremes.low, low), low) + square(max(extremes.high, high), high)
        return step * step / 12 + outside / Double(sorted.count) + farthest / Double(count)
    }

    private func square(_ value: Float, _ end: Float) -> Double {
        let distance = Double(value) - Double(end)
        return distance * distance
    }
}
