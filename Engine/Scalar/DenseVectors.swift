/// Vectors of one element type, one after the other: rows x dimension.
public enum DenseVectors: Sendable, Hashable {
    case float32([Float])
    /// Bit patterns of IEEE 754 binary16.
    case float16([UInt16])
    /// Bit patterns of bfloat16.
    case bfloat16([UInt16])
    case int8([Int8])
    /// Bits, eight a byte, the first in the lowest place.
    case binary([UInt8])

    /// Numbers rounded to the nearest float16, ties to even. Numbers from 65,520 on become infinite.
    public static func float16(rounding values: [Float]) -> DenseVectors {
        .float16(converted(values, ElementConversion.float16))
    }

    /// Numbers rounded to the nearest bfloat16, ties to even.
    public static func bfloat16(rounding values: [Float]) -> DenseVectors {
        .bfloat16(converted(values, ElementConversion.bfloat16))
    }

    private static func converted(
        _ values: [Float], _ convert: (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<UInt16>) -> Void
    ) -> [UInt16] {
        [UInt16](unsafeUninitializedCapacity: values.count) { target, count in
            values.withUnsafeBufferPointer {
                convert($0, UnsafeMutableBufferPointer(rebasing: target[..<values.count]))
            }
            count = values.count
        }
    }
}

extension DenseVectors {
    var element: VectorElement {
        switch self {
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .int8: .int8
        case .binary: .bit
        }
    }

    /// Elements of all vectors together.
    var elementCount: Int { byteCount * 8 / element.bytes(forDimension: 8) }

    var byteCount: Int { withBytes(\.count) }

    /// Whole vectors of a dimension; nil if one is cut short.
    func rowCount(dimension: Int) -> Int? {
        let stride = element.bytes(forDimension: dimension)
        return stride > 0 && byteCount % stride == 0 ? byteCount / stride : nil
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        switch self {
        case .float32(let values): try values.withUnsafeBytes(body)
        case .float16(let values), .bfloat16(let values): try values.withUnsafeBytes(body)
        case .int8(let values): try values.withUnsafeBytes(body)
        case .binary(let bytes): try bytes.withUnsafeBytes(body)
        }
    }

    /// Vectors of an element type from their bytes.
    init(_ bytes: UnsafeRawBufferPointer, _ element: VectorElement) {
        self =
            switch element {
            case .float32: .float32(Self.values(bytes))
            case .float16: .float16(Self.values(bytes))
            case .bfloat16: .bfloat16(Self.values(bytes))
            case .int8: .int8(Self.values(bytes))
            case .bit: .binary(Array(bytes))
            }
    }

    private static func values<Number: BitwiseCopyable>(_ bytes: UnsafeRawBufferPointer) -> [Number] {
        let count = bytes.count / MemoryLayout<Number>.size
        return [Number](unsafeUninitializedCapacity: count) { target, initialized in
            UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
            initialized = count
        }
    }

    /// The numbers as float32; nil for bits.
    var floats: [Float]? {
        switch self {
        case .float32(let values): return values
        case .binary: return nil
        default:
            let count = withBytes(\.count) / element.bytes(forDimension: 1)
            return [Float](unsafeUninitializedCapacity: count) { target, initialized in
                withBytes {
                    guard let source = $0.baseAddress else { return }
                    ElementConversion.float32(from: source, element, count: count, to: target.baseAddress!)
                }
                initialized = count
            }
        }
    }
}

extension Value {
    /// The vector, if this is one.
    var denseVector: DenseVectors? {
        switch self {
        case .vector(let values): .float32(values)
        case .float16Vector(let values): .float16(values)
        case .bfloat16Vector(let values): .bfloat16(values)
        case .int8Vector(let values): .int8(values)
        case .binaryVector(let bytes): .binary(bytes)
        default: nil
        }
    }
}
