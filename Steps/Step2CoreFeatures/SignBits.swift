import Common

/// Vectors of numbers as bits: whether each number is above zero. Embeddings that point alike agree in most signs
/// (Charikar 2002).
enum SignBits {
    /// Eight dimensions a byte, the first in its lowest bit; the dimension is a multiple of 8.
    static func packed(_ vectors: VectorSet) -> [UInt8] {
        precondition(vectors.dimension % 8 == 0, "bits fill whole bytes")
        return vectors.withValues { values in
            (0..<values.count / 8).map { byte in
                (0..<8).reduce(0) { $0 | (values[byte * 8 + $1] > 0 ? 1 << $1 : 0) }
            }
        }
    }

    /// Bits in which two vectors differ.
    static func differing(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
        zip(left, right).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
    }
}
