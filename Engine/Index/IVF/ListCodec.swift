/// How the rows of inverted lists are stored and compared: the seam between `IVFIndex`, which knows lists, and a
/// quantizer, which knows codes.
///
/// A codec keeps one code for each place of the lists (see `InvertedLists`) and computes an *estimate* of the
/// distance between a query and the rows at consecutive places of one list. Smaller is closer. Estimates of one
/// query are comparable over all lists, and do not depend on the run of places that they are computed with.
///
/// Queries reach a codec as float32 elements, whatever the element type of the field; binary rows as bits.
protocol ListCodec: Sendable {
    /// List starts are multiples of this: 1, or the number of codes in an interleaved block.
    var alignment: Int { get }
    /// Bytes of codes and tables in memory.
    var memoryBytes: Int { get }
    /// Bytes of a prepared query, aligned to 64.
    var preparedBytes: Int { get }

    /// What is computed once for a query: scaled elements, tables.
    func prepare(_ query: UnsafeRawPointer, into prepared: UnsafeMutableRawPointer)

    /// Asks memory for the codes from `place` on, where a list that is scanned soon begins. `place` may be behind the
    /// last one.
    func prefetch(_ place: Int)

    /// Writes the estimates of the rows at `places`.
    ///
    /// - Parameters:
    ///   - places: of one list; begins at a multiple of `alignment`, ends with the list or at another multiple.
    ///   - list: the list and the exact distance of the query from its centroid (squared Euclidean distance, or
    ///     the negated inner product), for codes of the residuals.
    ///   - estimates: room for `places.count` rounded up to a multiple of `alignment`.
    func estimate(
        _ places: Range<Int>, of list: Neighbor, prepared: UnsafeRawPointer, into estimates: UnsafeMutablePointer<Float>
    )

    /// Finds the rows at `places` whose estimates are at most `bound`.
    ///
    /// - Parameters:
    ///   - positions: room for `places.count` rounded up to a multiple of `alignment`; receives the rows found, counted
    ///     from the first place, ascending.
    ///   - estimates: room for as many; receives the estimates of the rows found.
    /// - Returns: how many were found.
    func candidates(
        _ places: Range<Int>, of list: Neighbor, prepared: UnsafeRawPointer, bound: Float,
        positions: UnsafeMutablePointer<UInt32>, estimates: UnsafeMutablePointer<Float>
    ) -> Int

    /// Not NaN. The largest estimate that a row of a list can have whose distance is at most `bound`. A codec that cannot
    /// tell returns infinity; one whose estimates are the distances returns `bound`.
    func largestEstimate(forDistance bound: Float, of list: Neighbor, prepared: UnsafeRawPointer) -> Float

    /// Whether `largestEstimate` holds with high probability only. Which rows are missed then depends on the order of the
    /// lists, so queries are answered one by one.
    var hasUncertainBounds: Bool { get }

    /// Parts of the index file, behind those of the index itself.
    var parts: [UnsafeRawBufferPointer] { get }
}

extension ListCodec {
    var hasUncertainBounds: Bool { false }

    func candidates(
        _ places: Range<Int>, of list: Neighbor, prepared: UnsafeRawPointer, bound: Float,
        positions: UnsafeMutablePointer<UInt32>, estimates: UnsafeMutablePointer<Float>
    ) -> Int {
        estimate(places, of: list, prepared: prepared, into: estimates)
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: places.count) { bounds in
            bounds.update(repeating: bound)
            let found = Kernels.best.positionsWithin(
                values: estimates, bounds: bounds.baseAddress!, count: places.count, positions: positions)
            for index in 0..<found { estimates[index] = estimates[Int(positions[index])] }
            return found
        }
    }
}

/// What an inverted file does with estimates.
enum Rescoring: Sendable {
    /// The estimates are the answer.
    case none
    /// Rows that may be among the nearest according to `largestEstimate` are compared exactly, so the answer is that
    /// of exact distances to all rows of the lists. The bound is the distance of the `count(k, parameters)`-th row; more
    /// than k of them make up for a `largestEstimate` that is uncertain.
    case withinBounds(VectorSpace, count: @Sendable (Int, Parameters) -> Int)
    /// The rows with the best estimates are compared exactly: `count(k, parameters)` of them.
    case best(VectorSpace, count: @Sendable (Int, Parameters) -> Int)

    /// The full rows, if there are any.
    var vectors: VectorSpace? {
        switch self {
        case .none: nil
        case .withinBounds(let vectors, _), .best(let vectors, _): vectors
        }
    }

    /// Rows that a search for k keeps while it scans the lists: k at least, and no more than there are.
    func keptCount(_ k: Int, _ parameters: Parameters, rowCount: Int) -> Int {
        switch self {
        case .none: k
        case .withinBounds(_, let count), .best(_, let count): max(min(count(k, parameters), rowCount), k)
        }
    }

    /// `refine_k` times k.
    static let refined: @Sendable (Int, Parameters) -> Int = { k, parameters in
        Int((Double(k) * (parameters.number("refine_k") ?? 1)).rounded(.up))
    }
}
