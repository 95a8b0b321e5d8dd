/// One field of a collection.
public struct Field: Sendable, Hashable {
    public let name: String
    public let type: DataType
    /// Whether a value may be null. Primary keys and vectors may not.
    public let isNullable: Bool
    /// Used where a row leaves the field out, or gives null for a field that is not nullable.
    public let defaultValue: Value?
    public let description: String

    public init(
        _ name: String, _ type: DataType, isNullable: Bool = false, defaultValue: Value? = nil, description: String = ""
    ) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
        self.defaultValue = defaultValue
        self.description = description
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

    private let positions: [String: Int]

    /// - Throws: `ApusError` with code `invalidArgument` naming the field and the rule that it breaks.
    public init(
        fields: [Field], primaryKey: String, keyAssignment: KeyAssignment = .byCaller, description: String = ""
    ) throws {
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
        try SchemaRules.check(self)
    }

    public var primaryKey: Field { fields[primaryKeyIndex] }

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
