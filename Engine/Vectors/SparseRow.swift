/// A sparse vector in memory that somebody else holds: valid as long as that.
struct SparseRow {
    private let entries: UnsafeBufferPointer<SparseEntry>

    init(_ entries: UnsafeBufferPointer<SparseEntry>) { self.entries = entries }

    /// A row in Milvus's byte form; the bytes outlive the row and begin at a multiple of four.
    init(encoded bytes: UnsafeRawBufferPointer) {
        self.init(
            UnsafeBufferPointer(
                start: bytes.baseAddress?.assumingMemoryBound(to: SparseEntry.self),
                count: bytes.count / SparseEntry.byteCount))
    }

    var count: Int { entries.count }

    subscript(position: Int) -> SparseEntry { entries[position] }

    /// Milvus's byte form.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(entries) }

    /// A copy that lives by itself.
    var vector: SparseVector { SparseVector(ordered: Array(entries)) }

    /// What keeps this from being a sparse vector; nil if nothing does.
    var fault: String? {
        for (position, entry) in entries.enumerated() {
            if entry.index == .max {
                return "entry \(position) has dimension \(entry.index); dimensions are below \(UInt32.max)"
            }
            if !entry.value.isFinite {
                return "the value of dimension \(entry.index) is \(entry.value); values are finite"
            }
            guard position > 0, entries[position - 1].index >= entry.index else { continue }
            if entries[position - 1].index == entry.index {
                return "dimension \(entry.index) is there twice; give each dimension once"
            }
            return "dimension \(entry.index) follows \(entries[position - 1].index); dimensions ascend"
        }
        return nil
    }

    /// Calls `body` with the values of each dimension that both have, ascending. O(count + other.count).
    @inline(__always)
    func forEachCommon(_ other: SparseRow, _ body: (_ index: UInt32, _ own: Float, _ others: Float) -> Void) {
        var own = 0
        var others = 0
        while own < count, others < other.count {
            let left = entries[own]
            let right = other.entries[others]
            if left.index == right.index { body(left.index, left.value, right.value) }
            own += left.index <= right.index ? 1 : 0
            others += right.index <= left.index ? 1 : 0
        }
    }

    /// The inner product: products and sum in double precision by ascending dimension, then rounded.
    func innerProduct(_ other: SparseRow) -> Float {
        var sum = 0.0
        forEachCommon(other) { sum += Double($1) * Double($2) }
        return Float(sum)
    }
}
