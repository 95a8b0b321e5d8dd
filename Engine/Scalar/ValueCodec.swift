/// One scalar value as bytes: integers and floats little endian, texts and JSON as UTF-8, sparse vectors
/// in Milvus's byte form, arrays as a count and
/// their elements (those of variable size behind their length).
enum ValueCodec {
    /// Why a value does not fit; the caller adds field and row.
    struct Misfit: Error, CustomStringConvertible {
        let description: String
    }

    /// - Throws: `Misfit` if the value is not of the type or breaks one of its limits.
    static func encode(_ value: Value, as type: DataType) throws -> [UInt8] {
        var writer = ByteWriter()
        try append(value, as: type, to: &writer)
        return writer.bytes
    }

    /// Whether the bytes are a value of the type, so that `decode` can be trusted with them.
    static func isWhole(_ bytes: UnsafeRawBufferPointer, as type: DataType) -> Bool {
        if let size = type.fixedByteCount { return bytes.count == size }
        if type == .sparseFloatVector { return (try? SparseVector(bytes: bytes)) != nil }
        guard case .array(let element, _) = type else { return true }
        var elements = ArrayElements(bytes, type: element.dataType)
        while elements.next() != nil {}
        return elements.isAtEnd
    }

    /// - Parameter bytes: what `encode` gave for the type; bytes from a file are asked about by `isWhole` first.
    static func decode(_ bytes: UnsafeRawBufferPointer, as type: DataType) -> Value {
        switch type {
        case .bool: .bool(bytes[0] != 0)
        case .int8: .integer(Int64(bytes.loadUnaligned(as: Int8.self)))
        case .int16: .integer(Int64(bytes.loadUnaligned(as: Int16.self)))
        case .int32: .integer(Int64(bytes.loadUnaligned(as: Int32.self)))
        case .int64: .integer(bytes.loadUnaligned(as: Int64.self))
        case .float: .float(bytes.loadUnaligned(as: Float.self))
        case .double: .double(bytes.loadUnaligned(as: Double.self))
        case .varchar: .text(String(decoding: bytes, as: UTF8.self))
        case .json: .json(String(decoding: bytes, as: UTF8.self))
        case .array(let element, _): .array(decodeArray(bytes, of: element.dataType))
        case .floatVector: .vector(Array(bytes.bindMemory(to: Float.self)))
        case .float16Vector: .float16Vector(Array(bytes.bindMemory(to: UInt16.self)))
        case .bfloat16Vector: .bfloat16Vector(Array(bytes.bindMemory(to: UInt16.self)))
        case .int8Vector: .int8Vector(Array(bytes.bindMemory(to: Int8.self)))
        case .binaryVector: .binaryVector(Array(bytes))
        case .sparseFloatVector: .sparseVector(SparseRow(encoded: bytes).vector)
        }
    }

    private static func append(_ value: Value, as type: DataType, to writer: inout ByteWriter) throws {
        switch (type, value) {
        case (.bool, .bool(let value)): writer.append(value)
        case (.int8, .integer(let value)): writer.append(Int8(truncatingIfNeeded: try inRange(value, of: type)))
        case (.int16, .integer(let value)): writer.append(Int16(truncatingIfNeeded: try inRange(value, of: type)))
        case (.int32, .integer(let value)): writer.append(Int32(truncatingIfNeeded: try inRange(value, of: type)))
        case (.int64, .integer(let value)): writer.append(value)
        case (.float, .float(let value)): writer.append(try finite(value))
        case (.float, .double(let value)): writer.append(try finite(Float(value)))
        case (.double, .double(let value)): writer.append(try finite(value))
        case (.double, .float(let value)): writer.append(try finite(Double(value)))
        case (.varchar(let maxLength), .text(let value)):
            writer.appendBytes(try text(value, maxLength: maxLength))
        case (.sparseFloatVector, .sparseVector(let vector)): writer.appendBytes(vector.bytes)
        case (.json, .json(let value)): writer.appendBytes(try json(value))
        case (.array(let element, let maxCapacity), .array(let values)):
            try appendArray(values, of: element.dataType, maxCapacity: maxCapacity, to: &writer)
        default: throw Misfit(description: "\(value) is not of type \(type)")
        }
    }

    static func text(_ value: String, maxLength: Int) throws -> [UInt8] {
        guard value.utf8.count <= maxLength else {
            throw Misfit(description: "the text has \(value.utf8.count) bytes; at most \(maxLength) fit")
        }
        return Array(value.utf8)
    }

    static func json(_ value: String) throws -> [UInt8] {
        let bytes = Array(value.utf8)
        guard bytes.count <= Limits.jsonBytes else {
            throw Misfit(description: "the JSON has \(bytes.count) bytes; at most \(Limits.jsonBytes) fit")
        }
        var validator = JSONValidator(bytes)
        try validator.validate()
        return bytes
    }

    static func finite<Number: BinaryFloatingPoint>(_ value: Number) throws -> Number {
        guard value.isFinite else { throw Misfit(description: "\(value) is not a finite number") }
        return value
    }

    private static func inRange(_ value: Int64, of type: DataType) throws -> Int64 {
        guard let range = type.integerRange, range.contains(value) else {
            throw Misfit(description: "\(value) does not fit \(type)")
        }
        return value
    }

    private static func appendArray(
        _ values: [Value], of type: DataType, maxCapacity: Int, to writer: inout ByteWriter
    ) throws {
        guard values.count <= maxCapacity else {
            throw Misfit(description: "the array has \(values.count) elements; at most \(maxCapacity) fit")
        }
        writer.append(UInt32(values.count))
        for value in values {
            let element = try encode(value, as: type)
            if type.fixedByteCount == nil { writer.append(UInt32(element.count)) }
            writer.appendBytes(element)
        }
    }

    private static func decodeArray(_ bytes: UnsafeRawBufferPointer, of type: DataType) -> [Value] {
        var elements = ArrayElements(bytes, type: type)
        var values: [Value] = []
        while let element = elements.next() { values.append(decode(element, as: type)) }
        return values
    }
}

/// Walks over the elements of an encoded array, and stops where the bytes end too early.
struct ArrayElements {
    private let bytes: UnsafeRawBufferPointer
    private let elementSize: Int?
    private var offset = 0
    private var remaining: Int

    init(_ bytes: UnsafeRawBufferPointer, type: DataType) {
        self.bytes = bytes
        elementSize = type.fixedByteCount
        remaining = 0
        // An array without a count is never at its end.
        remaining = takeLength() ?? -1
    }

    /// Elements that were not given yet, as the array says.
    var remainingCount: Int { max(remaining, 0) }

    /// Whether every element was given and no byte is left.
    var isAtEnd: Bool { remaining == 0 && offset == bytes.count }

    mutating func next() -> UnsafeRawBufferPointer? {
        guard remaining > 0, let size = elementSize ?? takeLength(), size <= bytes.count - offset else { return nil }
        defer {
            offset += size
            remaining -= 1
        }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + size])
    }

    private mutating func takeLength() -> Int? {
        guard bytes.count - offset >= 4 else { return nil }
        defer { offset += 4 }
        return Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
