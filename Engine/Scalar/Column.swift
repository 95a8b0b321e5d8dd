/// The values of one scalar field for consecutive rows, encoded by `ValueCodec`. Immutable.
struct Column: Sendable {
    let type: DataType
    let count: Int
    /// Rows whose value is null; nil if there is none.
    let nulls: RowSet?
    /// The values one after the other.
    let bytes: [UInt8]
    /// For types of variable size: where each value begins in `bytes`, and the end of the last. Else empty.
    let offsets: [UInt32]

    func isNull(_ row: Int) -> Bool { nulls?.contains(row) ?? false }

    func value(at row: Int) -> Value {
        if isNull(row) { return .null }
        return withBytes(at: row) { ValueCodec.decode($0, as: type) }
    }

    /// The encoded value of a row.
    func withBytes<Result>(at row: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let range = byteRange(of: row)
        return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    private func byteRange(of row: Int) -> Range<Int> {
        if let size = type.fixedByteCount { return row * size..<(row + 1) * size }
        return Int(offsets[row])..<Int(offsets[row + 1])
    }

    /// Bytes held in memory.
    var memoryBytes: Int { bytes.count + offsets.count * 4 + (nulls?.words.count ?? 0) * 8 }
}

/// Collects encoded values into a column.
struct ColumnBuilder {
    let type: DataType
    private var nullRows: [Int] = []
    private var bytes: [UInt8] = []
    private var offsets: [UInt32] = []
    private(set) var count = 0

    /// Bytes of the values so far.
    var byteCount: Int { bytes.count }

    init(type: DataType, reservingRows rows: Int = 0) {
        self.type = type
        if let size = type.fixedByteCount {
            bytes.reserveCapacity(rows * size)
        } else {
            offsets.reserveCapacity(rows + 1)
            offsets.append(0)
        }
    }

    mutating func append(_ value: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: value)
        endRow()
    }

    mutating func append(_ value: [UInt8]) {
        bytes.append(contentsOf: value)
        endRow()
    }

    mutating func appendNull() {
        nullRows.append(count)
        if let size = type.fixedByteCount { bytes.append(contentsOf: repeatElement(0, count: size)) }
        endRow()
    }

    consuming func finish() -> Column {
        var nulls: RowSet?
        if !nullRows.isEmpty {
            nulls = RowSet(capacity: count)
            for row in nullRows { nulls!.insert(row) }
        }
        return Column(type: type, count: count, nulls: nulls, bytes: bytes, offsets: offsets)
    }

    private mutating func endRow() {
        count += 1
        if type.fixedByteCount == nil { offsets.append(UInt32(bytes.count)) }
    }
}

extension Column {
    /// Only arrays have a structure of their own inside of a value.
    private func checkArrays(_ reader: ByteReader) throws {
        guard case .array = type else { return }
        for row in 0..<count where !isNull(row) && !withBytes(at: row, { ValueCodec.isWhole($0, as: type) }) {
            throw reader.corrupted("the array of row \(row) is not whole")
        }
    }

    /// Appends the column; `read` with the same type and count gives it back.
    func write(to writer: inout ByteWriter) {
        writer.append(nulls != nil)
        if let nulls { writer.appendValues(nulls.words) }
        if type.fixedByteCount == nil { writer.appendValues(offsets) }
        writer.appendBytes(bytes)
    }

    /// - Throws: `StorageError.corrupted` if the bytes are no such column.
    static func read(_ type: DataType, count: Int, from reader: inout ByteReader) throws -> Column {
        var nulls: RowSet?
        if try reader.bool() {
            nulls = RowSet(capacity: count, words: try reader.integers((count + 63) / 64))
            if nulls == nil { throw reader.corrupted("a bitmap of nulls names rows past \(count)") }
        }
        var offsets: [UInt32] = []
        if type.fixedByteCount == nil {
            offsets = try reader.integers(count + 1)
            guard offsets[0] == 0, zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 }) else {
                throw reader.corrupted("the offsets of a column do not ascend")
            }
        }
        let byteCount = type.fixedByteCount.map { $0 * count } ?? Int(offsets[count])
        let column = Column(
            type: type, count: count, nulls: nulls, bytes: Array(try reader.byteSlice(byteCount)), offsets: offsets)
        try column.checkArrays(reader)
        return column
    }
}
