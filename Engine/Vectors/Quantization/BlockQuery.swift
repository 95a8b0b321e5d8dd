import CKernels

/// A query as block codes are compared with it: centred, rotated and rounded to signed bytes.
///
/// Let q and x be query and row, centred and rotated, q' = step * bytes and c the code of x, d = q - q' and e = x - c
/// what they lose, and s the sine of the angle between q' and c. Steps are chosen by least squares, so d stands at a
/// right angle to q' and e to c, and the part of q' at a right angle to c has the length |q'| s. Hence
///
///     |<q, x> - <q', c>| = |<q', e> + <d, c> + <d, e>| <= s (|q'||e| + |d||c|) + |d||e|
///
/// which bounds the inner product, and the squared distance |q|^2 + |x|^2 - 2 <q, x>. An inner product of vectors that
/// are not centred is <q, x> plus terms that only the query or only the row enters.
///
/// Rounding, with u = 2^-24, d elements and g = (d + 16) u:
/// - The angles are right but for the errors of the rotation and of a float32 sum: `slack` times |q'||x|, which also
///   covers some ten operations of the kernel on numbers of that size.
/// - The float32 kernel that computes the distance errs by at most g of the sum of the absolute products (Higham,
///   Accuracy and Stability of Numerical Algorithms, chapter 3): for L2 by g |q - x|^2 <= 2 g (|q|^2 + |x|^2), for
///   inner products by g |q||x| of the vectors as they are, with |x| <= |centre| + |e| + |c|.
/// - Terms of the row (`BlockEncoder`) and of the query shrink by that and by the sixteen roundings of the sum.
/// - A constant covers numbers that underflow.
struct BlockQuery {
    let terms: UnsafePointer<apus_block_query>
    let words: UnsafePointer<Int32>

    /// Bytes of a prepared query, which lies at a multiple of 64.
    static func preparedBytes(_ codes: BlockCodes) -> Int {
        64 + (codes.groups * codes.bits.wordsPerGroup * 4 + 63) / 64 * 64
    }

    /// A query that was prepared at `prepared`.
    init(prepared: UnsafeRawPointer) {
        terms = prepared.assumingMemoryBound(to: apus_block_query.self)
        words = (prepared + 64).assumingMemoryBound(to: Int32.self)
    }

    /// Prepares a query at `prepared`, in memory of `preparedBytes`.
    ///
    /// - Returns: false if its numbers are so large or so small that no bound can be given.
    static func prepare(
        _ query: UnsafePointer<Float>, for codes: BlockCodes, into prepared: UnsafeMutableRawPointer
    ) -> Bool {
        prepared.initializeMemory(as: UInt8.self, repeating: 0, count: preparedBytes(codes))
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: codes.frame.paddedDimension) { rotated in
            let vector = rotated.baseAddress!
            codes.frame.centred(query, into: vector)
            codes.frame.rotation.apply(vector)
            let values = (prepared + 64).assumingMemoryBound(to: Int8.self)
            let rounded = RoundedQuery(vector, dimension: codes.frame.dimension, into: values)
            guard let terms = BlockQueryTerms(query, rounded, codes).terms() else { return false }
            prepared.storeBytes(of: terms, as: apus_block_query.self)
            return true
        }
    }
}

extension Int {
    /// Words of four query values that meet one group of codes of this many bits.
    fileprivate var wordsPerGroup: Int { 8 / self }
}

/// A vector as signed bytes times a step chosen by least squares.
private struct RoundedQuery {
    var step: Float = 0
    /// The sum and the sum of squares of the bytes.
    var sum = 0
    var square = 0
    /// The length of the vector and of what it loses.
    var length = 0.0
    var lost = 0.0

    init(_ vector: UnsafePointer<Float>, dimension: Int, into values: UnsafeMutablePointer<Int8>) {
        var largest: Float = 0
        for index in 0..<dimension { largest = max(largest, abs(vector[index])) }
        guard largest > 0 else { return }
        var product = 0.0
        for index in 0..<dimension {
            let value = Int8((vector[index] / largest * 127).rounded())
            values[index] = value
            sum += Int(value)
            square += Int(value) * Int(value)
            product += Double(vector[index]) * Double(value)
        }
        step = Float(product / Double(square))
        var (squares, losses) = (0.0, 0.0)
        for index in 0..<dimension {
            let element = Double(vector[index])
            let loss = element - Double(step) * Double(values[index])
            squares += element * element
            losses += loss * loss
        }
        (length, lost) = (squares.squareRoot(), losses.squareRoot())
    }
}

/// The numbers of the bound that `BlockQuery` states, computed in double precision and rounded to the safe side.
private struct BlockQueryTerms {
    private let codes: BlockCodes
    private let rounded: RoundedQuery
    /// The squared length of the query, of the query from the centre, and its inner product with the centre.
    private var square = 0.0
    private var centredSquare = 0.0
    private var centreProduct = 0.0

    private static let largestSquare = 1e37
    private static let steps: ClosedRange<Float> = 0x1p-100...0x1p63

    init(_ query: UnsafePointer<Float>, _ rounded: RoundedQuery, _ codes: BlockCodes) {
        self.codes = codes
        self.rounded = rounded
        for (index, centre) in codes.frame.centre.enumerated() {
            let (element, difference) = (Double(query[index]), Double(query[index]) - Double(centre))
            square += element * element
            centredSquare += difference * difference
            centreProduct += element * Double(centre)
        }
    }

    /// nil if no bound can be given.
    func terms() -> apus_block_query? {
        guard max(square, centredSquare, codes.frame.centreSquare) < Self.largestSquare else { return nil }
        guard Self.steps.contains(rounded.step) || rounded.length == 0 else { return nil }
        let dimension = codes.frame.dimension
        let unit = BlockScale(dimension: dimension, bits: codes.bits).unit
        let rounding = Double(dimension + 16) * 0x1p-24
        let inexact = codes.frame.rotation.relativeError
        let length = Double(rounded.step) * Double(rounded.square).squareRoot()
        let lost = rounded.lost + inexact * rounded.length
        var slack = (2 * inexact + 4 * rounding) * (length + lost)
        if codes.frame.metric != .l2 { slack += rounding * square.squareRoot() }
        let total = (codes.bits == 4 ? 15 : 255) * rounded.sum
        return apus_block_query(
            query_step: rounded.step, half: total & 1 == 0 ? 0 : 0.5, constant: constant(rounding),
            factor: codes.frame.metric == .l2 ? 2 : 1,
            inverse_length: rounded.square == 0
                ? 0 : Float(1 / (Double(rounded.square).squareRoot() * unit)).nextDown,
            residual_weight: Float(length * unit).nextUp, length_weight: Float(lost * unit).nextUp,
            residual_slack: Float((lost + slack) * unit).nextUp, length_slack: Float(slack * unit).nextUp,
            offset: Int32(total >> 1))
    }

    /// What the query adds to a distance by itself, less what rounding may take from it.
    private func constant(_ rounding: Double) -> Float {
        let underflow = Double(codes.frame.dimension + 16) * Double(Float.leastNormalMagnitude)
        if codes.frame.metric == .l2 { return Float(centredSquare * (1 - 3 * rounding) - underflow).nextDown }
        let centre = codes.frame.centreSquare
        let size = centre + square.squareRoot() * centre.squareRoot()
        return Float(centre - centreProduct - 2 * rounding * size - underflow).nextDown
    }
}
