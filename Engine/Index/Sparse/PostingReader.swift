/// Takes the postings of one block out of their payload.
struct PostingReader {
    private let block: PostingBlock
    private let values: UnsafeRawPointer
    private let rows: UnsafeRawPointer

    /// - Parameter payload: that of all blocks.
    @inline(__always)
    init(_ block: PostingBlock, payload: UnsafePointer<UInt8>) {
        self.block = block
        values = UnsafeRawPointer(payload) + Int(block.payload) * 4
        rows = values + block.valuesLength
    }

    @inline(__always)
    func row(_ index: Int) -> UInt32 {
        switch block.rowBytes {
        case 0: block.firstRow &+ UInt32(truncatingIfNeeded: index)
        case 1: block.firstRow &+ UInt32(rows.load(fromByteOffset: index, as: UInt8.self))
        case 2: block.firstRow &+ UInt32(rows.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
        default: block.firstRow &+ rows.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
        }
    }

    @inline(__always)
    func value(_ index: Int) -> Float {
        switch block.valueBytes {
        case 0: values.load(as: Float.self)
        case 1: Float(values.load(fromByteOffset: index, as: UInt8.self))
        default: values.load(fromByteOffset: 4 * index, as: Float.self)
        }
    }

    /// Which posting is that of `row`, which is not before the first nor behind the last; nil if none is.
    @inline(__always)
    func index(of row: UInt32) -> Int? {
        switch block.rowBytes {
        case 0: Int(row &- block.firstRow)
        case 1: index(of: row, UInt8.self)
        case 2: index(of: row, UInt16.self)
        default: index(of: row, UInt32.self)
        }
    }

    @inline(__always)
    private func index<Number: FixedWidthInteger & BitwiseCopyable>(of row: UInt32, _ type: Number.Type) -> Int? {
        let size = MemoryLayout<Number>.size
        let distance = Number(truncatingIfNeeded: row &- block.firstRow)
        let index = lowerBound(count: Int(block.count)) {
            rows.loadUnaligned(fromByteOffset: $0 * size, as: Number.self) < distance
        }
        return rows.loadUnaligned(fromByteOffset: index * size, as: Number.self) == distance ? index : nil
    }

    /// Calls `body` with each index of `range` and its row.
    @inline(__always)
    func forEachRow(_ range: Range<Int>, _ body: (_ index: Int, _ row: UInt32) -> Void) {
        switch block.rowBytes {
        case 0: for index in range { body(index, block.firstRow &+ UInt32(truncatingIfNeeded: index)) }
        case 1: forEachRow(range, UInt8.self, body)
        case 2: forEachRow(range, UInt16.self, body)
        default: forEachRow(range, UInt32.self, body)
        }
    }

    @inline(__always)
    private func forEachRow<Number: FixedWidthInteger & BitwiseCopyable>(
        _ range: Range<Int>, _ type: Number.Type, _ body: (_ index: Int, _ row: UInt32) -> Void
    ) {
        let size = MemoryLayout<Number>.size
        for index in range {
            let distance = rows.loadUnaligned(fromByteOffset: index * size, as: Number.self)
            body(index, block.firstRow &+ UInt32(truncatingIfNeeded: distance))
        }
    }

    /// All rows.
    @inline(__always)
    func copyRows(to target: UnsafeMutablePointer<UInt32>) {
        switch block.rowBytes {
        case 0:
            for index in 0..<Int(block.count) { target[index] = block.firstRow &+ UInt32(truncatingIfNeeded: index) }
        case 1: copyRows(UInt8.self, to: target)
        case 2: copyRows(UInt16.self, to: target)
        default: copyRows(UInt32.self, to: target)
        }
    }

    /// All values.
    @inline(__always)
    func copyValues(to target: UnsafeMutablePointer<Float>) {
        let count = Int(block.count)
        switch block.valueBytes {
        case 0: target.update(repeating: values.load(as: Float.self), count: count)
        case 1: for index in 0..<count { target[index] = Float(values.load(fromByteOffset: index, as: UInt8.self)) }
        default: target.update(from: values.assumingMemoryBound(to: Float.self), count: count)
        }
    }

    @inline(__always)
    private func copyRows<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type, to target: UnsafeMutablePointer<UInt32>
    ) {
        let size = MemoryLayout<Number>.size
        for index in 0..<Int(block.count) {
            let distance = rows.loadUnaligned(fromByteOffset: index * size, as: Number.self)
            target[index] = block.firstRow &+ UInt32(truncatingIfNeeded: distance)
        }
    }
}
