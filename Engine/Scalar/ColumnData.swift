/// The values that a caller gives for one field of consecutive rows.
///
/// The typed forms are the fast ones; `values` takes anything that fits the type of the field, value by value.
public enum ColumnData: Sendable, Hashable {
    case bool([Bool])
    case int8([Int8])
    case int16([Int16])
    case int32([Int32])
    case int64([Int64])
    case float([Float])
    case double([Double])
    case varchar([String])
    case json([String])
    /// The vectors one after the other: rows x dimension.
    case floatVector([Float])
    /// Bit patterns; `DenseVectors` converts from numbers.
    case float16Vector([UInt16])
    case bfloat16Vector([UInt16])
    case int8Vector([Int8])
    /// Eight dimensions a byte.
    case binaryVector([UInt8])
    case sparseFloatVector([SparseVector])
    case values([Value])

    /// Rows that the data describe for a field of `type`, or nil if vectors do not divide into whole rows.
    func rowCount(for type: DataType) -> Int? {
        switch self {
        case .bool(let values): values.count
        case .int8(let values): values.count
        case .int16(let values): values.count
        case .int32(let values): values.count
        case .int64(let values): values.count
        case .float(let values): values.count
        case .double(let values): values.count
        case .varchar(let values): values.count
        case .json(let values): values.count
        case .values(let values): values.count
        case .sparseFloatVector(let vectors): vectors.count
        case .floatVector, .float16Vector, .bfloat16Vector, .int8Vector, .binaryVector:
            type.vectorDimension.flatMap { dimension in denseVectors.flatMap { $0.rowCount(dimension: dimension) } }
        }
    }

    /// The vectors, if these are vectors.
    var denseVectors: DenseVectors? {
        switch self {
        case .floatVector(let values): .float32(values)
        case .float16Vector(let values): .float16(values)
        case .bfloat16Vector(let values): .bfloat16(values)
        case .int8Vector(let values): .int8(values)
        case .binaryVector(let bytes): .binary(bytes)
        default: nil
        }
    }

    var kind: String {
        switch self {
        case .bool: "Bool"
        case .int8: "Int8"
        case .int16: "Int16"
        case .int32: "Int32"
        case .int64: "Int64"
        case .float: "Float"
        case .double: "Double"
        case .varchar: "VarChar"
        case .json: "JSON"
        case .floatVector: "FloatVector"
        case .float16Vector: "Float16Vector"
        case .bfloat16Vector: "BFloat16Vector"
        case .int8Vector: "Int8Vector"
        case .binaryVector: "BinaryVector"
        case .sparseFloatVector: "SparseFloatVector"
        case .values: "values"
        }
    }
}

/// One field of an insert or upsert.
public struct FieldData: Sendable, Hashable {
    public let name: String
    public let data: ColumnData
    /// Which rows have a value; nil means all. A row without one is null, or takes the default of the field.
    public let valid: [Bool]?

    public init(_ name: String, _ data: ColumnData, valid: [Bool]? = nil) {
        self.name = name
        self.data = data
        self.valid = valid
    }
}
