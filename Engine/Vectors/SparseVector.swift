/// The value of one dimension of a sparse vector. In memory and in Milvus's byte form alike: the dimension in four
/// bytes, then the value in four, little endian.
public struct SparseEntry: Sendable, Hashable, BitwiseCopyable {
    public let index: UInt32
    public let value: Float

    public init(index: UInt32, value: Float) {
        self.index = index
        self.value = value
    }

    static let byteCount = 8
}

/// A vector of which only some dimensions have a value; all others are zero.
///
/// Dimensions ascend, each is there once and below `UInt32.max`; values are finite. A vector may be empty.
public struct SparseVector: Sendable, Hashable {
    /// The entries, by ascending dimension.
    public let entries: [SparseEntry]

    /// A vector without entries.
    public static let empty = SparseVector(ordered: [])

    /// - Parameter entries: in any order.
    /// - Throws: `ApusError` with code `invalidArgument` that names the entry and what is wrong with it.
    public init(_ entries: [SparseEntry]) throws {
        let ordered = entries.sorted { $0.index < $1.index }
        if let fault = ordered.withUnsafeBufferPointer({ SparseRow($0).fault }) {
            throw ApusError(.invalidArgument, "a sparse vector is not valid: \(fault)")
        }
        self.entries = ordered
    }

    /// - Parameters:
    ///   - indices: the dimensions, in any order.
    ///   - values: as many.
    /// - Throws: `ApusError` with code `invalidArgument` that names the entry and what is wrong with it.
    public init(indices: [UInt32], values: [Float]) throws {
        guard indices.count == values.count else {
            throw ApusError(
                .invalidArgument,
                "a sparse vector has \(indices.count) dimensions and \(values.count) values; give one value for each")
        }
        try self.init(zip(indices, values).map { SparseEntry(index: $0, value: $1) })
    }

    /// Reads Milvus's byte form: pairs of a dimension and a value, by ascending dimension.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` that names the entry and what is wrong with it.
    public init(bytes: UnsafeRawBufferPointer) throws {
        guard bytes.count % SparseEntry.byteCount == 0 else {
            throw ApusError(
                .invalidArgument,
                "a sparse vector has \(bytes.count) bytes; each entry takes \(SparseEntry.byteCount)")
        }
        let entries = (0..<bytes.count / SparseEntry.byteCount).map {
            bytes.loadUnaligned(fromByteOffset: $0 * SparseEntry.byteCount, as: SparseEntry.self)
        }
        if let fault = entries.withUnsafeBufferPointer({ SparseRow($0).fault }) {
            throw ApusError(.invalidArgument, "a sparse vector is not valid: \(fault)")
        }
        self.entries = entries
    }

    init(ordered entries: [SparseEntry]) { self.entries = entries }

    public var count: Int { entries.count }
    public var indices: [UInt32] { entries.map(\.index) }
    public var values: [Float] { entries.map(\.value) }

    /// Milvus's byte form.
    public var bytes: [UInt8] { entries.withUnsafeBytes { Array($0) } }

    /// The largest dimension and one: what Milvus calls the dimension of a sparse vector; 0 if it is empty.
    public var dimension: Int { entries.last.map { Int($0.index) + 1 } ?? 0 }

    /// Calls `body` with the entries in place.
    func withRow<Result>(_ body: (SparseRow) throws -> Result) rethrows -> Result {
        try entries.withUnsafeBufferPointer { try body(SparseRow($0)) }
    }
}
