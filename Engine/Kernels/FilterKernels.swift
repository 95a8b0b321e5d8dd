import CKernels

/// A number as columns hold it.
protocol ColumnNumber: Comparable, Sendable {
    /// Position among the types of the filter kernels.
    static var filterType: Int { get }
}

extension Int8: ColumnNumber { static let filterType = Int(APUS_FILTER_INT8) }
extension Int16: ColumnNumber { static let filterType = Int(APUS_FILTER_INT16) }
extension Int32: ColumnNumber { static let filterType = Int(APUS_FILTER_INT32) }
extension Int64: ColumnNumber { static let filterType = Int(APUS_FILTER_INT64) }
extension Float: ColumnNumber { static let filterType = Int(APUS_FILTER_FLOAT) }
extension Double: ColumnNumber { static let filterType = Int(APUS_FILTER_DOUBLE) }

/// Comparisons of many numbers with constants: a bit for each number, 64 a word, the last word filled up with zeros.
struct FilterKernels: Sendable {
    /// Constants up to which `isIn` is worth more than a table.
    static let mostConstants = 16

    private let ranges: [apus_filter_range_kernel]
    private let sets: [apus_filter_set_kernel]

    /// The kernels that belong to a table of distances.
    init(_ kernels: Kernels) {
        let table = apus_filter_kernels_named(kernels.name).pointee
        let (ranges, sets) = (table.range, table.set)
        self.ranges = [ranges.0, ranges.1, ranges.2, ranges.3, ranges.4, ranges.5]
        self.sets = [sets.0, sets.1, sets.2, sets.3, sets.4, sets.5]
    }

    static let best = FilterKernels(Kernels.best)

    /// Which of `count` numbers lie in a range. No alignment is asked for.
    func inRange<Number: ColumnNumber>(
        _ values: UnsafeRawPointer, count: Int, _ range: ClosedRange<Number>
    ) -> [UInt64] {
        let kernel = ranges[Number.filterType]
        return withUnsafeBytes(of: range.lowerBound) { low in
            withUnsafeBytes(of: range.upperBound) { high in
                words(values, count: count, stride: MemoryLayout<Number>.size) {
                    kernel($0, $1, low.baseAddress!, high.baseAddress!, $2)
                }
            }
        }
    }

    /// Which of `count` numbers are among the constants. O(count x constants).
    func isIn<Number: ColumnNumber>(_ values: UnsafeRawPointer, count: Int, _ constants: [Number]) -> [UInt64] {
        let kernel = sets[Number.filterType]
        return constants.withUnsafeBytes { list in
            words(values, count: count, stride: MemoryLayout<Number>.size) {
                kernel($0, $1, list.baseAddress!, constants.count, $2)
            }
        }
    }

    /// Whole words straight from the values, the last from a copy that is filled up.
    private func words(
        _ values: UnsafeRawPointer, count: Int, stride: Int,
        _ kernel: (UnsafeRawPointer, Int, UnsafeMutablePointer<UInt64>) -> Void
    ) -> [UInt64] {
        let (whole, rest) = (count / 64, count % 64)
        return [UInt64](unsafeUninitializedCapacity: (count + 63) / 64) { words, filled in
            filled = (count + 63) / 64
            guard let base = words.baseAddress else { return }
            if whole > 0 { kernel(values, whole, base) }
            guard rest > 0 else { return }
            withUnsafeTemporaryAllocation(byteCount: 64 * stride, alignment: 64) { last in
                last.initializeMemory(as: UInt8.self, repeating: 0)
                last.copyMemory(from: UnsafeRawBufferPointer(start: values + whole * 64 * stride, count: rest * stride))
                kernel(last.baseAddress!, 1, base + whole)
            }
            base[whole] &= (1 << UInt64(rest)) - 1
        }
    }
}
