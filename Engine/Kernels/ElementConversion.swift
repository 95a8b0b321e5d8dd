import CKernels

/// Conversions between float32 and the 16-bit formats, to the nearest value, ties to even.
/// Source and target have equal counts.
enum ElementConversion {
    /// Bit patterns of IEEE 754 binary16. Finite values from 65,520 on become infinite.
    static func float16(
        from source: UnsafeBufferPointer<Float>, to target: UnsafeMutableBufferPointer<UInt16>
    ) {
        convert(source, target, apus_float16_from_float32)
    }

    static func float32(
        fromFloat16 source: UnsafeBufferPointer<UInt16>, to target: UnsafeMutableBufferPointer<Float>
    ) {
        convert(source, target, apus_float32_from_float16)
    }

    /// Bit patterns of bfloat16: the upper half of a float32.
    static func bfloat16(
        from source: UnsafeBufferPointer<Float>, to target: UnsafeMutableBufferPointer<UInt16>
    ) {
        convert(source, target, apus_bfloat16_from_float32)
    }

    static func float32(
        fromBFloat16 source: UnsafeBufferPointer<UInt16>, to target: UnsafeMutableBufferPointer<Float>
    ) {
        convert(source, target, apus_float32_from_bfloat16)
    }

    /// `count` elements of a stored vector; `element` is not `bit`.
    static func float32(
        from source: UnsafeRawPointer, _ element: VectorElement, count: Int, to target: UnsafeMutablePointer<Float>
    ) {
        switch element {
        case .float32: target.update(from: source.assumingMemoryBound(to: Float.self), count: count)
        case .float16: apus_float32_from_float16(source.assumingMemoryBound(to: UInt16.self), target, count)
        case .bfloat16: apus_float32_from_bfloat16(source.assumingMemoryBound(to: UInt16.self), target, count)
        case .int8:
            let values = source.assumingMemoryBound(to: Int8.self)
            for index in 0..<count { target[index] = Float(values[index]) }
        case .bit: preconditionFailure("bits have no values to convert")
        }
    }

    private static func convert<Source, Target>(
        _ source: UnsafeBufferPointer<Source>, _ target: UnsafeMutableBufferPointer<Target>,
        _ function: (UnsafePointer<Source>, UnsafeMutablePointer<Target>, Int) -> Void
    ) {
        precondition(source.count == target.count, "a conversion keeps the number of elements")
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        function(from, to, source.count)
    }
}
