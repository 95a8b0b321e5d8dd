/// The values of one scalar field in a chunk of a growing segment: room for a fixed number of rows, each written
/// once by the one writer and read by anyone who was told of it afterwards.
final class GrowingColumn: ScalarValues, @unchecked Sendable {
    // Sendable: a row is written once, before any reader is told of it, and never moves.
    let type: DataType
    private let capacity: Int
    private let nulls: UnsafeMutablePointer<Bool>
    /// Values of fixed size, one after the other; nil for types of variable size.
    private let fixed: UnsafeMutableRawPointer?
    /// Values of variable size; the first `count` are initialised.
    private let variable: UnsafeMutablePointer<[UInt8]>?
    private var count = 0

    init(type: DataType, capacity: Int) {
        self.type = type
        self.capacity = capacity
        nulls = .allocate(capacity: capacity)
        nulls.initialize(repeating: false, count: capacity)
        if let size = type.fixedByteCount {
            fixed = .allocate(byteCount: size * capacity, alignment: 8)
            variable = nil
        } else {
            fixed = nil
            variable = .allocate(capacity: capacity)
        }
    }

    deinit {
        nulls.deallocate()
        fixed?.deallocate()
        variable?.deinitialize(count: count)
        variable?.deallocate()
    }

    /// Appends rows of a column of the same type.
    func append(_ column: Column, rows: Range<Int>) {
        precondition(count + rows.count <= capacity)
        if let fixed, let size = type.fixedByteCount {
            column.bytes.withUnsafeBytes {
                (fixed + count * size).copyMemory(
                    from: $0.baseAddress! + rows.lowerBound * size, byteCount: rows.count * size)
            }
        }
        for (offset, row) in rows.enumerated() {
            if let variable {
                (variable + count + offset).initialize(to: column.withBytes(at: row, Array.init))
            }
            if column.isNull(row) { nulls[count + offset] = true }
        }
        count += rows.count
    }

    func isNull(_ row: Int) -> Bool { nulls[row] }

    func value(at row: Int) -> Value {
        nulls[row] ? .null : withBytes(at: row) { ValueCodec.decode($0, as: type) }
    }

    /// Appends rows 0 ..< `rowCount` to a builder of the same type.
    func copy(rowCount: Int, to builder: inout ColumnBuilder) {
        for row in 0..<rowCount {
            if nulls[row] {
                builder.appendNull()
            } else {
                withBytes(at: row) { builder.append($0) }
            }
        }
    }

    /// The encoded value of a row.
    func withBytes<Result>(at row: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        if let fixed, let size = type.fixedByteCount {
            return try body(UnsafeRawBufferPointer(start: fixed + row * size, count: size))
        }
        return try variable![row].withUnsafeBytes(body)
    }

    func withFixedValues<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result { body(fixed!) }
}
