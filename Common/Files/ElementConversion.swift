/// Turns stored little-endian values into the types that the library works with.
enum ElementConversion {
    /// Converts `target.count` values to float32.
    static func convert(
        _ source: UnsafeRawBufferPointer, _ type: ElementType, to target: UnsafeMutableBufferPointer<Float>
    ) {
        switch type {
        case .float32: map(source, UInt32.self, target) { Float(bitPattern: $0) }
        case .float16: map(source, UInt16.self, target) { HalfFloat.float($0) }
        case .float64: map(source, UInt64.self, target) { Float(Double(bitPattern: $0)) }
        case .int8: map(source, Int8.self, target) { Float($0) }
        case .uint8: map(source, UInt8.self, target) { Float($0) }
        case .int32: map(source, Int32.self, target) { Float($0) }
        case .int64: map(source, Int64.self, target) { Float($0) }
        }
    }

    /// Converts `target.count` integers to 32 bits; the place of the first that does not fit, or nil.
    static func convert(
        _ source: UnsafeRawBufferPointer, _ type: ElementType, to target: UnsafeMutableBufferPointer<Int32>
    ) -> Int? {
        switch type {
        case .int8: map(source, Int8.self, target) { Int32($0) }
        case .uint8: map(source, UInt8.self, target) { Int32($0) }
        case .int32: map(source, Int32.self, target) { $0 }
        case .int64:
            map(source, Int64.self, target) { Int32(truncatingIfNeeded: $0) }
            return target.indices.first {
                Int64(target[$0])
                    != Int64(littleEndian: source.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self))
            }
        case .float32, .float16, .float64: preconditionFailure("floating-point values are not ids")
        }
        return nil
    }

    /// The place of the first NaN or infinity, or nil. The common case is one pass that vectorises.
    static func firstNonFinite(_ values: UnsafeMutableBufferPointer<Float>) -> Int? {
        var largest: UInt32 = 0
        for index in values.indices { largest = max(largest, values[index].bitPattern & 0x7FFF_FFFF) }
        return largest < 0x7F80_0000 ? nil : values.firstIndex { !$0.isFinite }
    }

    @inline(__always)
    private static func map<Stored: FixedWidthInteger, Value>(
        _ source: UnsafeRawBufferPointer, _ type: Stored.Type, _ target: UnsafeMutableBufferPointer<Value>,
        _ transform: (Stored) -> Value
    ) {
        precondition(source.count == target.count * MemoryLayout<Stored>.size, "bytes must match values")
        guard let bytes = source.baseAddress, let values = target.baseAddress else { return }
        for index in 0..<target.count {
            let stored = bytes.loadUnaligned(
                fromByteOffset: index * MemoryLayout<Stored>.size, as: Stored.self)
            (values + index).initialize(to: transform(Stored(littleEndian: stored)))
        }
    }
}
