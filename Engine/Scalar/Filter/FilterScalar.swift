/// What a condition reads of one row. Bytes are valid only while the row is read.
enum FilterScalar {
    case null
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    case text(String)
    /// A text where it lies.
    case bytes(UnsafeRawBufferPointer)
    case array(FilterElements)
    case object
}

extension FilterScalar {
    init(_ scalar: JSONScalar, of document: JSONDocument) {
        switch scalar {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .double(value)
        case .text(let value): self = .text(value)
        case .array(let range): self = .array(.json(document, range))
        case .object: self = .object
        }
    }

    /// - Parameter bytes: a value as `ValueCodec` encodes it.
    init(_ bytes: UnsafeRawBufferPointer, as type: DataType) {
        switch type {
        case .bool: self = .bool(bytes[0] != 0)
        case .int8: self = .integer(Int64(bytes.loadUnaligned(as: Int8.self)))
        case .int16: self = .integer(Int64(bytes.loadUnaligned(as: Int16.self)))
        case .int32: self = .integer(Int64(bytes.loadUnaligned(as: Int32.self)))
        case .int64: self = .integer(bytes.loadUnaligned(as: Int64.self))
        case .float: self = .double(Double(bytes.loadUnaligned(as: Float.self)))
        case .double: self = .double(bytes.loadUnaligned(as: Double.self))
        case .varchar: self = .bytes(bytes)
        case .array(let element, _): self = .array(.column(bytes, element.dataType))
        default: preconditionFailure("\(type) is read in another way")
        }
    }

    func withText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        switch self {
        case .bytes(let bytes): return body(bytes)
        case .text(var text): return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
        default: return nil
        }
    }

    /// -1, 0 or 1; nil for two values that do not compare.
    func order(_ other: FilterScalar) -> Int? {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): FilterOrder.order(left, right)
        case (.integer(let left), .double(let right)): FilterOrder.order(left, right)
        case (.double(let left), .integer(let right)): -FilterOrder.order(right, left)
        case (.double(let left), .double(let right)): FilterOrder.order(left, right)
        default: withText { left in other.withText { FilterOrder.orderBytes(left, $0) } } ?? nil
        }
    }
}

/// The elements of an array of one row.
enum FilterElements {
    case json(JSONDocument, Range<Int>)
    /// Encoded by `ValueCodec`, and the type of an element.
    case column(UnsafeRawBufferPointer, DataType)

    var count: Int {
        switch self {
        case .json(let document, let range): document.elementCount(of: range)
        case .column(let bytes, let type): ArrayElements(bytes, type: type).remainingCount
        }
    }

    /// Whether the body says so of one of the elements.
    func contains(_ body: (FilterScalar) -> Bool) -> Bool {
        switch self {
        case .json(let document, let range):
            for element in document.elements(of: range) where body(FilterScalar(element, of: document)) { return true }
        case .column(let bytes, let type):
            var elements = ArrayElements(bytes, type: type)
            while let element = elements.next() { if body(FilterScalar(element, as: type)) { return true } }
        }
        return false
    }

    /// Whether the elements are equal to constants, one by one.
    func equal(_ constants: [FilterConstants]) -> Bool {
        var place = 0
        let differs = contains { element in
            defer { place += 1 }
            return place >= constants.count || !constants[place].contains(element)
        }
        return !differs && place == constants.count
    }

    func element(at index: Int) -> FilterScalar? {
        var place = 0
        var found: FilterScalar?
        _ = contains { element in
            defer { place += 1 }
            if place == index { found = element }
            return place == index
        }
        return found
    }
}
