/// Bounds the smallest of many values without sorting them.
enum SelectionThreshold {
    private static let bins = 256

    /// A number that at least `wanted` of `values` do not exceed, and not many more where the values spread evenly: the
    /// upper end of the bin of a histogram. O(count).
    ///
    /// - Parameter wanted: at most `count`, above zero.
    static func bound(_ values: UnsafePointer<Float>, count: Int, wanted: Int) -> Float {
        let (least, most) = range(values, count: count)
        let scale = Float(bins - 1) / (most - least)
        guard scale.isFinite, scale > 0 else { return .infinity }
        return withUnsafeTemporaryAllocation(of: Int32.self, capacity: bins) { counts in
            counts.initialize(repeating: 0)
            for index in 0..<count { counts[bin((values[index] - least) * scale)] += 1 }
            var below = 0
            for bin in 0..<bins {
                below += Int(counts[bin])
                // Values are rounded to the nearest bin, so a bin ends half a step behind its number, and a little
                // later for the rounding of the product.
                if below >= wanted { return bin == bins - 1 ? most : least + (Float(bin) + 0.51) / scale }
            }
            return .infinity
        }
    }

    /// The whole number nearest to `value`, which is from 0 to 255; some bin for what is not a number.
    @inline(__always)
    private static func bin(_ value: Float) -> Int {
        // Adding 2^23 leaves the rounded number in the low bits.
        Int((value + 8_388_608).bitPattern & UInt32(bins - 1))
    }

    private static func range(_ values: UnsafePointer<Float>, count: Int) -> (least: Float, most: Float) {
        var least = SIMD8<Float>(repeating: .infinity)
        var most = -least
        var index = 0
        while index + 8 <= count {
            let eight = UnsafeRawPointer(values + index).loadUnaligned(as: SIMD8<Float>.self)
            least.replace(with: eight, where: eight .< least)
            most.replace(with: eight, where: eight .> most)
            index += 8
        }
        var (low, high) = (least.min(), most.max())
        while index < count {
            low = min(low, values[index])
            high = max(high, values[index])
            index += 1
        }
        return (low, high)
    }
}
