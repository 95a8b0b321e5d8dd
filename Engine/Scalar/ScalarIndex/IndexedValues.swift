/// The kind of the values of an index.
enum IndexedKind: UInt8, Sendable {
    case bool = 0
    case integer = 1
    case floating = 2
    case text = 3
    /// Numbers in JSON documents: integers of 64 bits and others.
    case jsonNumber = 4

    init(_ type: DataType) {
        switch type {
        case .bool: self = .bool
        case .float, .double: self = .floating
        case .varchar: self = .text
        default: self = .integer
        }
    }

    init(_ cast: ScalarCast) {
        switch cast {
        case .bool, .boolArray: self = .bool
        case .double, .doubleArray: self = .jsonNumber
        case .varchar, .varcharArray: self = .text
        }
    }

    /// How the numbers of each part of an index are ordered; none for texts, which have one part.
    var orders: [NumberOrder] {
        switch self {
        case .bool: [.bool]
        case .integer: [.integer]
        case .floating: [.floating]
        case .jsonNumber: [.floating, .integer]
        case .text: []
        }
    }
}

/// The values of a column that an index is about.
struct IndexedValues: Sendable {
    let column: Column
    let keys: [JSONKey]
    let kind: IndexedKind
    /// Whether the values are the elements of arrays.
    let isOfElements: Bool

    /// - Parameter definition: one that fits the field of the column.
    init(_ column: Column, keys: [JSONKey], definition: ScalarIndexDefinition) {
        self.column = column
        self.keys = keys
        if let cast = definition.cast {
            kind = IndexedKind(cast)
            isOfElements = cast.isArray
        } else {
            kind = IndexedKind(column.type.elementType ?? column.type)
            isOfElements = column.type.elementType != nil
        }
    }

    var rowCount: Int { column.count }

    /// Calls `body` with the part of the index that each number belongs to, its code and its row, by ascending row.
    func forEachNumber(_ body: (_ part: Int, _ code: UInt64, _ row: Int) -> Void) {
        guard column.type == .json else {
            let type = column.type.elementType ?? column.type
            return forEachEncoded { body(0, NumberOrder.code(of: $0, type), $1) }
        }
        forEachJSON { value, row in
            if let (part, code) = Self.number(value, kind) { body(part, code, row) }
        }
    }

    /// Calls `body` with the UTF-8 of each text and its row, by ascending row.
    func forEachText(_ body: (UnsafeRawBufferPointer, _ row: Int) -> Void) {
        guard column.type == .json else { return forEachEncoded(body) }
        forEachJSON { value, row in
            guard case .text(var text) = value else { return }
            text.withUTF8 { body(UnsafeRawBufferPointer($0), row) }
        }
    }

    /// Whether the text of a row matches.
    func matches(_ pattern: LikePattern, row: Int) -> Bool {
        guard !column.isNull(row) else { return false }
        return column.withBytes(at: row) { bytes in
            guard column.type == .json else { return pattern.matches(bytes) }
            guard case .text(var text)? = JSONDocument(bytes).value(at: keys) else { return false }
            return text.withUTF8 { pattern.matches(UnsafeRawBufferPointer($0)) }
        }
    }

    /// The code of a number of a document, and the part of the index for such numbers; nil for a value of another kind.
    private static func number(_ value: JSONScalar, _ kind: IndexedKind) -> (part: Int, code: UInt64)? {
        switch (kind, value) {
        case (.bool, .bool(let flag)): (0, NumberOrder.code(Int64(flag ? 1 : 0)))
        case (.jsonNumber, .number(let number)): (0, NumberOrder.code(number))
        case (.jsonNumber, .integer(let number)):
            Int64(exactly: Double(number)) == number
                ? (0, NumberOrder.code(Double(number))) : (1, NumberOrder.code(number))
        default: nil
        }
    }

    /// Calls `body` with the value at the path in each document, of arrays with each element.
    private func forEachJSON(_ body: (JSONScalar, _ row: Int) -> Void) {
        for row in 0..<column.count where !column.isNull(row) {
            column.withBytes(at: row) { bytes in
                let document = JSONDocument(bytes)
                guard let value = document.value(at: keys) else { return }
                guard isOfElements else { return body(value, row) }
                guard case .array(let range) = value else { return }
                for element in document.elements(of: range) { body(element, row) }
            }
        }
    }

    /// Calls `body` with the bytes of each value that is not null, of arrays with those of each element. For columns
    /// other than JSON.
    private func forEachEncoded(_ body: (UnsafeRawBufferPointer, _ row: Int) -> Void) {
        let elementType = column.type.elementType
        for row in 0..<column.count where !column.isNull(row) {
            column.withBytes(at: row) { bytes in
                guard let elementType else { return body(bytes, row) }
                var elements = ArrayElements(bytes, type: elementType)
                while let element = elements.next() { body(element, row) }
            }
        }
    }
}

extension ScalarCast {
    var isArray: Bool {
        switch self {
        case .bool, .double, .varchar: false
        case .boolArray, .doubleArray, .varcharArray: true
        }
    }
}

extension NumberOrder {
    /// The code of a value as a column has it.
    static func code(of bytes: UnsafeRawBufferPointer, _ type: DataType) -> UInt64 {
        switch type {
        case .bool: code(Int64(bytes[0] == 0 ? 0 : 1))
        case .int8: code(Int64(bytes.loadUnaligned(as: Int8.self)))
        case .int16: code(Int64(bytes.loadUnaligned(as: Int16.self)))
        case .int32: code(Int64(bytes.loadUnaligned(as: Int32.self)))
        case .int64: code(bytes.loadUnaligned(as: Int64.self))
        case .float: code(Double(bytes.loadUnaligned(as: Float.self)))
        case .double: code(bytes.loadUnaligned(as: Double.self))
        default: preconditionFailure("\(type) is no number")
        }
    }
}
