import Common
import Testing

@testable import Apus

extension Kernels: CustomTestStringConvertible {
    public var testDescription: String { name }
}

/// One vector in the form that kernels read, and its elements as the numbers that they mean.
struct EncodedVector {
    let bytes: [UInt8]
    let values: [Float]

    /// Encodes `values` as `element`, which rounds them (towards zero for bfloat16).
    init(_ values: [Float], as element: VectorElement) {
        switch element {
        case .float32:
            self.init(words: values.map(\.bitPattern), values: values)
        case .float16:
            let halves = values.map { Float16($0) }
            self.init(words: halves.map(\.bitPattern), values: halves.map { Float($0) })
        case .bfloat16:
            let words = values.map { UInt16($0.bitPattern >> 16) }
            self.init(words: words, values: words.map { Float(bitPattern: UInt32($0) << 16) })
        case .int8:
            let integers = values.map { Int8($0) }
            self.init(words: integers, values: integers.map { Float($0) })
        case .bit:
            fatalError("binary vectors have no values")
        }
    }

    private init<Word: FixedWidthInteger>(words: [Word], values: [Float]) {
        bytes = words.withUnsafeBytes { [UInt8]($0) }
        self.values = values
    }
}

/// Rows at an odd address, `paddingBytes` apart.
final class UnalignedRows {
    let strideBytes: Int
    let base: UnsafeRawPointer
    private let memory: UnsafeMutableRawBufferPointer

    init(_ rows: [[UInt8]], paddingBytes: Int) {
        strideBytes = (rows.first?.count ?? 0) + paddingBytes
        memory = .allocate(byteCount: strideBytes * rows.count + 1, alignment: 64)
        base = UnsafeRawPointer(memory.baseAddress! + 1)
        for (index, row) in rows.enumerated() {
            UnsafeMutableRawBufferPointer(rebasing: memory[(1 + index * strideBytes)...]).copyBytes(from: row)
        }
    }

    deinit { memory.deallocate() }
}

/// Every element type that has floating-point or integer distances.
let numericElements: [VectorElement] = [.float32, .float16, .bfloat16, .int8]

extension DistanceKernel {
    func pairDistance(_ query: [UInt8], _ row: [UInt8], _ dimension: Int) -> Float {
        query.withUnsafeBytes { query in
            row.withUnsafeBytes { pair(query.baseAddress!, $0.baseAddress!, dimension) }
        }
    }
}

extension RandomSource {
    /// Whole numbers fill the range of int8; others lie in -1 ..< 1.
    mutating func values(_ count: Int, for element: VectorElement) -> [Float] {
        (0..<count).map { _ in
            element == .int8
                ? Float(Int8.random(in: .min ... .max, using: &self)) : Float.random(in: -1..<1, using: &self)
        }
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}
