/// One value of one field of one entity.
public enum Value: Sendable, Hashable {
    case null
    case bool(Bool)
    /// Any of the integer types.
    case integer(Int64)
    case float(Float)
    case double(Double)
    case text(String)
    /// A JSON document as text.
    case json(String)
    case array([Value])
    case vector([Float])
    /// Bit patterns of IEEE 754 binary16.
    case float16Vector([UInt16])
    /// Bit patterns of bfloat16.
    case bfloat16Vector([UInt16])
    case int8Vector([Int8])
    /// Bits, eight a byte.
    case binaryVector([UInt8])
    case sparseVector(SparseVector)
}

extension Value: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByNilLiteral
{
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(nilLiteral: ()) { self = .null }
}

extension Value: CustomStringConvertible {
    public var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .float(let value): "\(value)"
        case .double(let value): "\(value)"
        case .text(let value): "\"\(value)\""
        case .json(let value): value
        case .array(let values): "[\(values.map(\.description).joined(separator: ", "))]"
        case .vector(let values): "vector of \(values.count)"
        case .float16Vector(let values): "float16 vector of \(values.count)"
        case .bfloat16Vector(let values): "bfloat16 vector of \(values.count)"
        case .int8Vector(let values): "int8 vector of \(values.count)"
        case .binaryVector(let bytes): "binary vector of \(bytes.count * 8)"
        case .sparseVector(let vector): "sparse vector of \(vector.count) entries"
        }
    }
}

/// The primary key of an entity.
public enum PrimaryKey: Sendable, Hashable {
    case integer(Int64)
    case text(String)

    /// The key as a value of its field.
    public var value: Value {
        switch self {
        case .integer(let key): .integer(key)
        case .text(let key): .text(key)
        }
    }
}

extension PrimaryKey: Comparable {
    /// Integers by size, texts by their UTF-8 bytes, integers before texts.
    public static func < (left: PrimaryKey, right: PrimaryKey) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left < right
        case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.integer, .text): true
        case (.text, .integer): false
        }
    }

    /// Equal by bytes, as `<` orders; Swift's own text equality would fold canonically equivalent spellings.
    public static func == (left: PrimaryKey, right: PrimaryKey) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left == right
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .integer(let key): hasher.combine(key)
        case .text(let key): for byte in key.utf8 { hasher.combine(byte) }
        }
    }
}

extension PrimaryKey: CustomStringConvertible {
    public var description: String { value.description }
}

extension PrimaryKey: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(stringLiteral value: String) { self = .text(value) }
}
