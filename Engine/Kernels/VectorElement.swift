/// What one element of a stored vector is.
enum VectorElement: UInt8, Sendable, CaseIterable {
    case float32 = 0
    case float16 = 1
    case bfloat16 = 2
    case int8 = 3
    case bit = 4

    /// Bytes of one vector. A dimension of bits is a multiple of eight.
    func bytes(forDimension dimension: Int) -> Int {
        switch self {
        case .float32: dimension * 4
        case .float16, .bfloat16: dimension * 2
        case .int8: dimension
        case .bit: dimension / 8
        }
    }
}
