/// Sparse vectors of one segment or of one chunk of a growing segment, one after the other.
///
/// The holder may read the rows that were complete when it received the object. The one writer (a growing segment
/// or a loader) appends rows, which never move, before it tells readers of them.
final class SparseRows: @unchecked Sendable {
    // Sendable: a row is written once, before any reader is told of it, and never moves.

    /// Rows that fit.
    let capacity: Int
    private(set) var count = 0
    /// Entries of all rows together.
    private(set) var entryCount = 0

    private let rows: UnsafeMutablePointer<SparseRow>
    private var slabs: [MemoryBlock] = []
    private var freeEntries: UnsafeMutableBufferPointer<SparseEntry>

    private static let slabBytes = 256 << 10

    init(capacity: Int) {
        self.capacity = capacity
        rows = .allocate(capacity: capacity)
        freeEntries = UnsafeMutableBufferPointer(start: nil, count: 0)
    }

    deinit { rows.deallocate() }

    /// A row by its position. Valid as long as this object.
    func row(_ row: Int) -> SparseRow {
        assert(row >= 0 && row < count)
        return rows[row]
    }

    /// Bytes held in memory.
    var memoryBytes: Int {
        slabs.reduce(capacity * MemoryLayout<SparseRow>.stride) { $0 + $1.byteCount }
    }

    /// Appends a copy of `row` and returns its position. There must be room.
    @discardableResult
    func append(_ row: SparseRow) -> Int {
        precondition(count < capacity, "there is room for \(capacity) rows")
        if freeEntries.count < row.count { addSlab(forEntries: row.count) }
        let target = UnsafeMutableBufferPointer(rebasing: freeEntries[..<row.count])
        UnsafeMutableRawBufferPointer(target).copyMemory(from: row.bytes)
        freeEntries = UnsafeMutableBufferPointer(rebasing: freeEntries[row.count...])
        add(SparseRow(UnsafeBufferPointer(target)))
        return count - 1
    }

    @discardableResult
    func append(_ vector: SparseVector) -> Int {
        vector.withRow { append($0) }
    }

    private func add(_ row: SparseRow) {
        (rows + count).initialize(to: row)
        count += 1
        entryCount += row.count
    }

    private func addSlab(forEntries entries: Int) {
        let slab = MemoryBlock(byteCount: max(entries * SparseEntry.byteCount, Self.slabBytes))
        slabs.append(slab)
        freeEntries = UnsafeMutableRawBufferPointer(start: slab.base, count: slab.byteCount)
            .bindMemory(to: SparseEntry.self)
    }
}

/// The body of a file of sparse rows, little endian: where each row begins, counted in entries from the first, and
/// where the last ends (8 bytes each), then the entries of all rows in Milvus's byte form.
extension SparseRows {
    /// Passes the body to `append`, piece by piece.
    func write(_ append: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        var starts: [UInt64] = [0]
        starts.reserveCapacity(count + 1)
        for row in 0..<count { starts.append(starts[row] + UInt64(rows[row].count)) }
        try starts.withUnsafeBytes(append)
        for row in 0..<count where rows[row].count > 0 { try append(rows[row].bytes) }
    }

    /// Where the entries of a row lie in a body of `rowCount` rows, from the starts of this row and of the next.
    ///
    /// - Returns: nil if `start` and `end` cannot be those of a row.
    static func entryBytes(start: UInt64, end: UInt64, rowCount: Int, bodyLength: Int) -> Range<Int>? {
        let first = (rowCount + 1) * 8
        guard start <= end, bodyLength >= first, end <= UInt64((bodyLength - first) / SparseEntry.byteCount) else {
            return nil
        }
        return first + Int(start) * SparseEntry.byteCount..<first + Int(end) * SparseEntry.byteCount
    }

    /// Reads and checks the rows of a file; they stay in the memory that the body was read into.
    ///
    /// - Throws: `StorageError` with code `corrupted` if the body is not that of `rowCount` sparse rows.
    static func read(_ file: FileReader, rowCount: Int) throws -> SparseRows {
        guard file.bodyLength / 8 > rowCount else {
            throw StorageError.corrupted(
                file.path, at: FileFormat.headerSize,
                "\(file.bodyLength) bytes are too few for \(rowCount) sparse rows; restore the file from a backup")
        }
        let body = MemoryBlock(byteCount: file.bodyLength)
        try file.readBody(into: UnsafeMutableRawBufferPointer(start: body.base, count: file.bodyLength))
        let rows = SparseRows(capacity: rowCount)
        rows.slabs = [body]
        let starts = UnsafeRawPointer(body.base).assumingMemoryBound(to: UInt64.self)
        for row in 0..<rowCount { try rows.add(row, starts, body, path: file.path) }
        guard starts[0] == 0, file.bodyLength == (rowCount + 1 + rows.entryCount) * 8 else {
            throw StorageError.corrupted(
                file.path, at: FileFormat.headerSize,
                "the sparse rows do not fill the file; restore it from a backup")
        }
        return rows
    }

    private func add(_ row: Int, _ starts: UnsafePointer<UInt64>, _ body: MemoryBlock, path: String) throws {
        let offset = FileFormat.headerSize + row * 8
        guard
            let range = Self.entryBytes(
                start: starts[row], end: starts[row + 1], rowCount: capacity, bodyLength: body.byteCount)
        else { throw StorageError.corrupted(path, at: offset, "sparse row \(row) has no place; restore the file") }
        let bytes = UnsafeRawBufferPointer(start: body.base + range.lowerBound, count: range.count)
        let entries = SparseRow(bytes.bindMemory(to: SparseEntry.self))
        if let fault = entries.fault {
            throw StorageError.corrupted(path, at: offset, "sparse row \(row) is not valid: \(fault)")
        }
        add(entries)
    }
}
