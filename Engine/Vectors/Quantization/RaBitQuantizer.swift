/// Codes of vectors by the signs of their elements after a random rotation (Gao and Long 2024, "RaBitQ").
///
/// With r the vector of D elements after the rotation, s its signs and |r|_1 the sum of its magnitudes, and for a query q
/// that was rotated too,
///
///     <q, r>  is estimated by  |r|^2 / |r|_1 * <q, s>
///
/// without bias, with an error that with high probability is below |q| times `Code.error`. Four signs are one 4-bit code,
/// whose table has the sixteen ways to add up four elements of the query, so `FastScanKernel` computes <q, s>.
struct RaBitQuantizer: Sendable {
    let dimension: Int
    private let rotation: RandomRotation

    /// The same dimension and seed give the same rotation.
    init(dimension: Int, seed: UInt64) {
        self.dimension = dimension
        rotation = RandomRotation(dimension: dimension, seed: seed)
    }

    /// Codes of four signs each.
    var parts: Int { (dimension + 3) / 4 }

    /// What is kept of a vector beside its signs.
    struct Code {
        /// |r|^2
        var squaredLength: Float = 0
        /// |r|^2 / |r|_1
        var scale: Float = 0
        /// The error of an estimate, for a query of length 1.
        var error: Float = 0
    }

    /// The error is above this many standard deviations of the estimate once in some twenty rows, and above twice as many
    /// almost never.
    private static let deviations: Float = 1.9

    /// Rotates a vector where it lies.
    func rotate(_ vector: UnsafeMutablePointer<Float>) { rotation.apply(vector) }

    /// Codes a rotated vector.
    ///
    /// - Parameter codes: receives four signs a byte, a set bit for an element that is not below zero.
    func encode(_ rotated: UnsafePointer<Float>, into codes: UnsafeMutablePointer<UInt8>) -> Code {
        var (squares, magnitudes) = (Float(0), Float(0))
        for part in 0..<parts {
            var code: UInt8 = 0
            for element in part * 4..<min(part * 4 + 4, dimension) {
                squares += rotated[element] * rotated[element]
                magnitudes += abs(rotated[element])
                if rotated[element] >= 0 { code |= 1 << UInt8(element % 4) }
            }
            codes[part] = code
        }
        guard magnitudes > 0, squares.isNormal else {
            return Code(squaredLength: squares, scale: 0, error: squares.squareRoot())
        }
        // The cosine of the angle between the vector and its signs is a = |r|_1 / (|r| sqrt(D)).
        let cosine = min(magnitudes / (squares * Float(dimension)).squareRoot(), 1)
        let tangent = ((1 - cosine * cosine) / (cosine * cosine)).squareRoot()
        let spread = Self.deviations / Float(max(dimension - 1, 1)).squareRoot()
        return Code(
            squaredLength: squares, scale: squares / magnitudes, error: squares.squareRoot() * tangent * spread)
    }

    /// The sum of the elements of `rotated`, each with the sign of the coded vector.
    func signedSum(_ rotated: UnsafePointer<Float>, codes: UnsafePointer<UInt8>) -> Float {
        var sum: Float = 0
        for element in 0..<dimension {
            sum += codes[element / 4] >> UInt8(element % 4) & 1 == 1 ? rotated[element] : -rotated[element]
        }
        return sum
    }

    /// Writes 16 entries for each four elements of a rotated query: their sums under the signs that a code names.
    func tables(_ rotated: UnsafePointer<Float>, into tables: UnsafeMutablePointer<Float>) {
        for part in 0..<parts {
            let table = tables + part * 16
            table[0] = 0
            for element in part * 4..<min(part * 4 + 4, dimension) { table[0] -= rotated[element] }
            // A code adds twice the element of its highest bit to the code without that bit.
            for bit in 0..<4 {
                let element = part * 4 + bit
                let added = element < dimension ? 2 * rotated[element] : 0
                for code in 0..<1 << bit { table[code + (1 << bit)] = table[code] + added }
            }
        }
    }
}
