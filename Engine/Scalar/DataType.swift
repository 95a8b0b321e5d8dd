/// The type of a field.
public enum DataType: Sendable, Hashable {
    case bool
    case int8
    case int16
    case int32
    case int64
    case float
    case double
    /// UTF-8 text of at most `maxLength` bytes.
    case varchar(maxLength: Int)
    /// A JSON document, kept as the text that was given.
    case json
    /// At most `maxCapacity` elements of one scalar type.
    case array(of: ElementType, maxCapacity: Int)
    case floatVector(dimension: Int)
    /// IEEE 754 binary16.
    case float16Vector(dimension: Int)
    /// The upper half of a float32.
    case bfloat16Vector(dimension: Int)
    case int8Vector(dimension: Int)
    /// Bits; the dimension is a multiple of 8.
    case binaryVector(dimension: Int)
    /// Few of very many dimensions have a value; a dimension need not be named.
    case sparseFloatVector

    /// What an array may hold.
    public enum ElementType: Sendable, Hashable {
        case bool, int8, int16, int32, int64, float, double
        case varchar(maxLength: Int)

        /// The same type as a field type.
        public var dataType: DataType {
            switch self {
            case .bool: .bool
            case .int8: .int8
            case .int16: .int16
            case .int32: .int32
            case .int64: .int64
            case .float: .float
            case .double: .double
            case .varchar(let maxLength): .varchar(maxLength: maxLength)
            }
        }
    }

    /// Whether values are vectors, which indexes are made for.
    public var isVector: Bool { vectorLayout != nil || self == .sparseFloatVector }

    /// The dimension of a dense vector type; nil for any other.
    public var vectorDimension: Int? { vectorLayout?.dimension }

    /// What the elements of a vector type are, and how many a vector has; nil for scalars and for sparse
    /// vectors, whose values differ in size and are kept like scalars.
    var vectorLayout: VectorLayout? {
        switch self {
        case .floatVector(let dimension): VectorLayout(element: .float32, dimension: dimension)
        case .float16Vector(let dimension): VectorLayout(element: .float16, dimension: dimension)
        case .bfloat16Vector(let dimension): VectorLayout(element: .bfloat16, dimension: dimension)
        case .int8Vector(let dimension): VectorLayout(element: .int8, dimension: dimension)
        case .binaryVector(let dimension): VectorLayout(element: .bit, dimension: dimension)
        default: nil
        }
    }

    /// Bytes of one value, or nil if values differ in size.
    var fixedByteCount: Int? {
        switch self {
        case .bool, .int8: 1
        case .int16: 2
        case .int32, .float: 4
        case .int64, .double: 8
        case .varchar, .json, .array, .sparseFloatVector: nil
        case .floatVector, .float16Vector, .bfloat16Vector, .int8Vector, .binaryVector: vectorLayout?.strideBytes
        }
    }

    /// The integers that a value of an integer type may be.
    var integerRange: ClosedRange<Int64>? {
        switch self {
        case .int8: Int64(Int8.min)...Int64(Int8.max)
        case .int16: Int64(Int16.min)...Int64(Int16.max)
        case .int32: Int64(Int32.min)...Int64(Int32.max)
        case .int64: Int64.min...Int64.max
        default: nil
        }
    }
}

extension DataType: CustomStringConvertible {
    public var description: String {
        switch self {
        case .bool: "Bool"
        case .int8: "Int8"
        case .int16: "Int16"
        case .int32: "Int32"
        case .int64: "Int64"
        case .float: "Float"
        case .double: "Double"
        case .varchar(let maxLength): "VarChar(\(maxLength))"
        case .json: "JSON"
        case .array(let element, let maxCapacity): "Array(\(element.dataType), \(maxCapacity))"
        case .floatVector(let dimension): "FloatVector(\(dimension))"
        case .float16Vector(let dimension): "Float16Vector(\(dimension))"
        case .bfloat16Vector(let dimension): "BFloat16Vector(\(dimension))"
        case .int8Vector(let dimension): "Int8Vector(\(dimension))"
        case .binaryVector(let dimension): "BinaryVector(\(dimension))"
        case .sparseFloatVector: "SparseFloatVector"
        }
    }
}
