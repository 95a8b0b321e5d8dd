/// Reads and writes vector files; the ending of the name says which format.
///
/// `.fvecs .bvecs .ivecs .fbin .u8bin .i8bin .ibin .npy` are known. npy arrays may hold float32, float16, float64, int8,
/// uint8, int32 or int64, in C order and little endian. Every reader checks what it reads and throws a
/// `DataError` that names the check, the file and the place.
public enum VectorFile {
    /// What the header and the size of a file say, without reading its rows.
    public static func layout(of path: String) throws(DataError) -> VectorFileLayout {
        try VectorFileLayout(of: FileReader(path: path))
    }

    /// Reads vectors as float32.
    ///
    /// - Parameters:
    ///   - rows: read at most so many rows from the start; nil reads all.
    ///   - memoryLimitBytes: refuse when the values would need more; nil allows what the machine has available.
    /// - Throws: `DataError` for what `VectorFileLayout` checks, a dimension that changes between rows, a NaN or
    ///   an infinity (with row and column), and a set too large for the memory.
    public static func read(
        _ path: String, rows: Int? = nil, memoryLimitBytes: Int? = nil
    ) throws(DataError) -> VectorSet {
        let file = try FileReader(path: path)
        return try readVectors(file, layout: VectorFileLayout(of: file), rows: rows, memoryLimitBytes)
    }

    static func readVectors(
        _ file: FileReader, layout: VectorFileLayout, rows: Int?, _ memoryLimitBytes: Int?
    ) throws(DataError) -> VectorSet {
        let count = min(layout.rows, rows ?? layout.rows)
        try checkMemory(count * layout.dimension * 4, limit: memoryLimitBytes, path: file.path)
        let values: [Float] = try readValues(of: file, layout: layout, rows: count) { source, target in
            ElementConversion.convert(source, layout.elementType, to: target)
            return ElementConversion.firstNonFinite(target)
        } failure: { cell in
            DataError(
                .finite, path: file.path,
                place: .cell(row: cell / layout.dimension, column: cell % layout.dimension),
                "the value is NaN or infinite as float32; remove or repair the row")
        }
        return VectorSet(dimension: layout.dimension, values: values)
    }

    /// Reads rows of integers, such as the ids of neighbours, from ivecs, ibin or an integer npy file.
    ///
    /// - Throws: `DataError` as `read` does, and for a 64-bit integer that 32 bits cannot hold.
    public static func readIntegers(
        _ path: String, rows: Int? = nil, memoryLimitBytes: Int? = nil
    ) throws(DataError) -> IntegerSet {
        let file = try FileReader(path: path)
        return try readIntegers(file, layout: VectorFileLayout(of: file), rows: rows, memoryLimitBytes)
    }

    static func readIntegers(
        _ file: FileReader, layout: VectorFileLayout, rows: Int?, _ memoryLimitBytes: Int?
    ) throws(DataError) -> IntegerSet {
        guard !layout.elementType.isFloatingPoint else {
            throw DataError(
                .elementType, path: file.path,
                "\(layout.elementType.rawValue) values cannot be ids; an integer type is needed")
        }
        let count = min(layout.rows, rows ?? layout.rows)
        try checkMemory(count * layout.dimension * 4, limit: memoryLimitBytes, path: file.path)
        let ids: [Int32] = try readValues(of: file, layout: layout, rows: count) { source, target in
            ElementConversion.convert(source, layout.elementType, to: target)
        } failure: { cell in
            DataError(
                .idRange, path: file.path,
                place: .cell(row: cell / layout.dimension, column: cell % layout.dimension),
                "the integer does not fit into 32 bits")
        }
        return IntegerSet(width: layout.dimension, ids: ids)
    }

    /// Reads rows piece by piece. `convert` returns the place of a bad value in its piece, if there is one.
    private static func readValues<Value>(
        of file: FileReader, layout: VectorFileLayout, rows: Int,
        convert: (UnsafeRawBufferPointer, UnsafeMutableBufferPointer<Value>) -> Int?,
        failure: (Int) -> DataError
    ) throws(DataError) -> [Value] {
        guard rows > 0 else { return [] }
        var thrown: DataError?
        let values = [Value](unsafeUninitializedCapacity: rows * layout.dimension) { target, filled in
            do throws(DataError) {
                try RowReader(file: file, layout: layout).forEachPiece(rows: rows) {
                    first, pieceRows, bytes in
                    let start = first * layout.dimension
                    let part = target[start..<start + pieceRows * layout.dimension]
                    let bad = convert(bytes, UnsafeMutableBufferPointer(rebasing: part))
                    return bad.map { failure(start + $0) }
                }
                filled = rows * layout.dimension
            } catch {
                thrown = error
            }
        }
        if let thrown { throw thrown }
        return values
    }

    private static func checkMemory(_ bytes: Int, limit: Int?, path: String) throws(DataError) {
        guard let limit = limit ?? MachineMemory.availableBytes, bytes > limit else { return }
        throw DataError(
            .memory, path: path,
            "the rows need \(bytes) bytes of memory and \(limit) may be used; read fewer rows")
    }
}

/// Reads whole rows in pieces of a few megabytes and takes out what stands between them.
struct RowReader {
    let file: FileReader
    let layout: VectorFileLayout
    private static let pieceBytes = 4 << 20

    /// Calls `body` with the number of the first row, the number of rows and their values without prefixes; `body`
    /// returns what is wrong with them, if anything is.
    func forEachPiece(
        rows: Int, body: (_ first: Int, _ rows: Int, UnsafeRawBufferPointer) -> DataError?
    ) throws(DataError) {
        let rowsPerPiece = max(1, RowReader.pieceBytes / layout.rowBytes)
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: rowsPerPiece * layout.rowBytes, alignment: 64)
        defer { buffer.deallocate() }
        for first in stride(from: 0, to: rows, by: rowsPerPiece) {
            let count = min(rowsPerPiece, rows - first)
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[0..<count * layout.rowBytes])
            try file.read(into: piece, at: layout.start + first * layout.rowBytes)
            let values = try removePrefixes(piece, firstRow: first, rows: count)
            if let error = body(first, count, values) { throw error }
        }
    }

    private func removePrefixes(
        _ piece: UnsafeMutableRawBufferPointer, firstRow: Int, rows: Int
    ) throws(DataError) -> UnsafeRawBufferPointer {
        guard layout.rowPrefixBytes > 0 else { return UnsafeRawBufferPointer(piece) }
        let valueBytes = layout.rowBytes - layout.rowPrefixBytes
        for row in 0..<rows {
            let start = row * layout.rowBytes
            let dimension = Int(
                Int32(littleEndian: piece.loadUnaligned(fromByteOffset: start, as: Int32.self)))
            guard dimension == layout.dimension else {
                throw DataError(
                    .constantDimension, path: file.path, place: .row(firstRow + row),
                    "the row says dimension \(dimension), row 0 says \(layout.dimension)")
            }
            let target = UnsafeMutableRawBufferPointer(
                rebasing: piece[row * valueBytes..<(row + 1) * valueBytes])
            let values = piece[start + layout.rowPrefixBytes..<start + layout.rowBytes]
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: values))
        }
        return UnsafeRawBufferPointer(rebasing: piece[0..<rows * valueBytes])
    }
}
