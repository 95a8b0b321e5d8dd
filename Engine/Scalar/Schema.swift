/// One field of a collection.
public struct Field: Sendable, Hashable {
    public let name: String
    public let type: DataType
    /// Whether a value may be null. Primary keys and vectors may not.
    public let isNullable: Bool
    /// Used where a row leaves the field out, or gives null for a field that is not nullable.
    public let defaultValue: Value?
    public let description: String
    /// Whether rows are divided among the hashed partitions of the collection by this field.
    public let isPartitionKey: Bool
    /// How the texts of the field are divided into terms; nil for a field that is not searched by terms.
    public let text: TextOptions?

    public init(
        _ name: String, _ type: DataType, isNullable: Bool = false, defaultValue: Value? = nil,
        description: String = "", isPartitionKey: Bool = false, text: TextOptions? = nil
    ) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
        self.defaultValue = defaultValue
        self.description = description
        self.isPartitionKey = isPartitionKey
        self.text = text
    }
}

/// How the texts of a field are searched.
public struct TextOptions: Sendable, Hashable {
    /// Parameters of the analyzer as JSON, in Milvus's form; the empty text is the standard analyzer.
    public let analyzer: String
    /// Whether filters may ask the field for terms and phrases.
    public let isMatched: Bool

    public init(analyzer: String = "", isMatched: Bool = false) {
        self.analyzer = analyzer
        self.isMatched = isMatched
    }
}

/// Makes the vectors of a sparse field from the texts of another: how often each term occurs, for search by BM25.
public struct BM25Function: Sendable, Hashable {
    public let name: String
    /// Name of the text field.
    public let input: String
    /// Name of the sparse vector field, which callers leave out.
    public let output: String

    public init(_ name: String, input: String, output: String) {
        self.name = name
        self.input = input
        self.output = output
    }
}

/// Who assigns primary keys.
public enum KeyAssignment: Sendable, Hashable {
    /// Each inserted row brings its key.
    case byCaller
    /// The engine counts; the key field is left out of inserts.
    case automatic
}

/// The fields of a collection, one of them the primary key.
public struct Schema: Sendable, Hashable {
    public let fields: [Field]
    /// Position of the primary key in `fields`.
    public let primaryKeyIndex: Int
    public let keyAssignment: KeyAssignment
    public let description: String
    public let functions: [BM25Function]
    /// Whether rows may bring values of other names, which are kept in the JSON field `dynamicFieldName`.
    public let isDynamic: Bool
    /// How many partitions rows are divided among by the partition key, if a field is that.
    public let partitionCount: Int

    public static let dynamicFieldName = "$meta"
    public static let defaultPartitionCount = 16

    private let positions: [String: Int]

    /// - Throws: `ApusError` with code `invalidArgument` naming the field and the rule that it breaks.
    public init(
        fields: [Field], primaryKey: String, keyAssignment: KeyAssignment = .byCaller, description: String = "",
        functions: [BM25Function] = [], isDynamic: Bool = false, partitionCount: Int = Schema.defaultPartitionCount
    ) throws {
        var fields = fields
        if isDynamic, !fields.contains(where: { $0.name == Self.dynamicFieldName }) {
            fields.append(.dynamic)
        }
        let positions = Dictionary(fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        guard let primaryKeyIndex = positions[primaryKey] else {
            throw ApusError(
                .invalidArgument, "primary key '\(primaryKey)' is not a field; add it or name one of the fields")
        }
        self.fields = fields
        self.positions = positions
        self.primaryKeyIndex = primaryKeyIndex
        self.keyAssignment = keyAssignment
        self.description = description
        self.functions = functions
        self.isDynamic = isDynamic
        self.partitionCount = partitionCount
        try SchemaRules.check(self)
    }

    public var primaryKey: Field { fields[primaryKeyIndex] }

    /// Position of the field that divides rows among partitions; nil if there is none.
    var partitionKeyIndex: Int? { fields.firstIndex(where: \.isPartitionKey) }

    /// Position of the field with the values of names that the schema does not know; nil if there is none.
    var dynamicFieldIndex: Int? { isDynamic ? positions[Self.dynamicFieldName] : nil }

    /// Vector fields in the order of the schema.
    public var vectorFields: [Field] { fields.filter(\.type.isVector) }

    /// Position of a field in `fields`.
    public func position(of name: String) -> Int? { positions[name] }

    /// - Throws: `ApusError` with code `notFound` that lists the fields there are.
    func requirePosition(of name: String) throws -> Int {
        if let position = positions[name] { return position }
        let known = fields.map(\.name).joined(separator: ", ")
        throw ApusError(.notFound, "there is no field '\(name)'; the fields are \(known)")
    }
}

extension Field {
    /// The field of a dynamic schema that holds the values of names that are no fields, one JSON object a row.
    static let dynamic = Field(Schema.dynamicFieldName, .json, defaultValue: .json("{}"))
}

extension Schema {
    /// The schema with one more field behind the others, whose positions stay.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` or `alreadyExists`, naming the field and what it must be.
    func adding(_ field: Field) throws -> Schema {
        guard position(of: field.name) == nil else {
            throw ApusError(.alreadyExists, "there is a field '\(field.name)' already; choose another name")
        }
        guard !field.type.isVector else {
            throw refusal(of: field, "a vector field cannot be added later, since the rows there are have no vectors")
        }
        guard !field.isPartitionKey else {
            throw refusal(of: field, "a partition key cannot be added later, since the rows are divided already")
        }
        guard field.isNullable || field.defaultValue != nil else {
            throw refusal(of: field, "the rows there are have no value for it; make it nullable or give it a default")
        }
        return try Schema(
            fields: fields + [field], primaryKey: primaryKey.name, keyAssignment: keyAssignment,
            description: description, functions: functions, isDynamic: isDynamic, partitionCount: partitionCount)
    }

    private func refusal(of field: Field, _ reason: String) -> ApusError {
        ApusError(.invalidArgument, "field '\(field.name)': \(reason)")
    }
}
