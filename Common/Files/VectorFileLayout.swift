/// What a value in a file is stored as. All are little endian.
public enum ElementType: String, Sendable, CaseIterable {
    case float32, float16, float64, int8, uint8, int32, int64

    public var byteCount: Int {
        switch self {
        case .int8, .uint8: 1
        case .float16: 2
        case .float32, .int32: 4
        case .float64, .int64: 8
        }
    }

    var isFloatingPoint: Bool {
        self == .float32 || self == .float16 || self == .float64
    }
}

/// The vector file formats, by the ending of the file's name.
public enum VectorFormat: String, Sendable, CaseIterable {
    /// Per row: int32 dimension, then the values (the TEXMEX sets).
    case fvecs, bvecs, ivecs
    /// uint32 rows, uint32 dimension, then all rows (the big-ann sets).
    case fbin, u8bin, i8bin, ibin
    /// A NumPy array.
    case npy

    /// The format that belongs to the ending of `path`.
    public init(path: String) throws(DataError) {
        let ending = path.split(separator: ".", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        guard let format = VectorFormat(rawValue: ending.lowercased()) else {
            let known = VectorFormat.allCases.map { "." + $0.rawValue }.joined(separator: " ")
            throw DataError(.knownFormat, path: path, "the file name must end in one of \(known)")
        }
        self = format
    }

    /// The element type that the format always has; nil for npy, whose header names it.
    public var elementType: ElementType? {
        switch self {
        case .fvecs, .fbin: .float32
        case .bvecs, .u8bin: .uint8
        case .i8bin: .int8
        case .ivecs, .ibin: .int32
        case .npy: nil
        }
    }
}

/// Where the rows of a vector file lie, as its header and size say.
public struct VectorFileLayout: Sendable, Equatable {
    public let format: VectorFormat
    public let elementType: ElementType
    public let rows: Int
    public let dimension: Int
    /// The offset of the first row.
    let start: Int
    /// Bytes before the values of each row: the repeated dimension of fvecs and its kin.
    let rowPrefixBytes: Int

    /// The largest dimension that is taken for a dimension and not for a damaged header.
    public static let largestDimension = 32_768

    var rowBytes: Int { rowPrefixBytes + dimension * elementType.byteCount }

    /// Reads the header of an opened file and compares it with the file's size.
    init(of file: FileReader) throws(DataError) {
        let format = try VectorFormat(path: file.path)
        switch format {
        case .fvecs, .bvecs, .ivecs: try self.init(prefixedRowsOf: file, format: format)
        case .fbin, .u8bin, .i8bin, .ibin: try self.init(binaryHeaderOf: file, format: format)
        case .npy: try self.init(numPyHeaderOf: file)
        }
    }

    init(
        format: VectorFormat, elementType: ElementType, rows: Int, dimension: Int, start: Int,
        rowPrefixBytes: Int
    ) {
        self.format = format
        self.elementType = elementType
        self.rows = rows
        self.dimension = dimension
        self.start = start
        self.rowPrefixBytes = rowPrefixBytes
    }

    private init(prefixedRowsOf file: FileReader, format: VectorFormat) throws(DataError) {
        let elementType = format.elementType!
        guard file.size >= 4 else {
            throw DataError(.truncated, path: file.path, "\(file.size) bytes cannot hold one row")
        }
        let dimension = Int(try file.integer32(at: 0))
        try VectorFileLayout.check(dimension: dimension, path: file.path, offset: 0)
        let rowBytes = 4 + dimension * elementType.byteCount
        guard file.size % rowBytes == 0 else {
            throw DataError(
                .fileSize, path: file.path, place: .offset(file.size / rowBytes * rowBytes),
                "\(file.size) bytes are not a whole number of rows of \(rowBytes) bytes (dimension \(dimension))"
            )
        }
        self.init(
            format: format, elementType: elementType, rows: file.size / rowBytes, dimension: dimension,
            start: 0, rowPrefixBytes: 4)
    }

    private init(binaryHeaderOf file: FileReader, format: VectorFormat) throws(DataError) {
        guard file.size >= 8 else {
            throw DataError(
                .truncated, path: file.path, "\(file.size) bytes cannot hold the header of 8 bytes")
        }
        let rows = Int(UInt32(bitPattern: try file.integer32(at: 0)))
        let dimension = Int(UInt32(bitPattern: try file.integer32(at: 4)))
        try VectorFileLayout.check(dimension: dimension, path: file.path, offset: 4)
        self.init(
            format: format, elementType: format.elementType!, rows: rows, dimension: dimension, start: 8,
            rowPrefixBytes: 0)
        try checkSize(of: file)
    }

    static func check(dimension: Int, path: String, offset: Int) throws(DataError) {
        guard dimension > 0 && dimension <= largestDimension else {
            throw DataError(
                .dimensionRange, path: path, place: .offset(offset),
                "dimension \(dimension) is not in 1...\(largestDimension)")
        }
    }

    func checkSize(of file: FileReader) throws(DataError) {
        let needed = start + rows * rowBytes
        guard file.size == needed else {
            throw DataError(
                file.size < needed ? .truncated : .fileSize, path: file.path, place: .offset(start),
                "the header says \(rows) rows of \(rowBytes) bytes, so the file must have \(needed) bytes; "
                    + "it has \(file.size)")
        }
    }
}
