/// The distances in plain Swift with double accumulation: what the kernels are tested against.
///
/// Smaller is closer, as in `Kernels`. No attention is paid to speed.
enum ReferenceKernels {
    /// Squared Euclidean distance.
    static func l2(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0) { sum, pair in
            let difference = Double(pair.0) - Double(pair.1)
            return sum + difference * difference
        }
    }

    /// The inner product, negated.
    static func negativeInnerProduct(_ a: [Float], _ b: [Float]) -> Double {
        -zip(a, b).reduce(0) { sum, pair in sum + Double(pair.0) * Double(pair.1) }
    }

    /// Different bits.
    static func hamming(_ a: [UInt8], _ b: [UInt8]) -> Double {
        Double(ones(zip(a, b).map { $0 ^ $1 }))
    }

    /// 1 - |a and b| / |a or b|, 0 for two empty rows.
    static func jaccard(_ a: [UInt8], _ b: [UInt8]) -> Double {
        let all = ones(zip(a, b).map { $0 | $1 })
        let shared = ones(zip(a, b).map { $0 & $1 })
        return all == 0 ? 0 : Double(all - shared) / Double(all)
    }

    private static func ones(_ bytes: [UInt8]) -> Int {
        bytes.reduce(0) { $0 + $1.nonzeroBitCount }
    }
}
