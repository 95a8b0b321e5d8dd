/// What makes a schema valid. Each rule names the field that breaks it.
enum SchemaRules {
    static func check(_ schema: Schema) throws {
        try checkCounts(schema)
        var seen: Set<String> = []
        for field in schema.fields {
            try checkName(field, schema)
            guard seen.insert(field.name).inserted else {
                throw ApusError(.invalidArgument, "field '\(field.name)' is defined twice; rename one of them")
            }
            try checkType(field)
            try checkDefault(field)
        }
        try checkPrimaryKey(schema)
        try checkPartitionKey(schema)
        try TextRules.check(schema)
    }

    /// The dynamic field has a name that no other can have.
    private static func checkName(_ field: Field, _ schema: Schema) throws {
        guard schema.isDynamic, field.name == Schema.dynamicFieldName else {
            return try Name.check(field.name, of: "field")
        }
        guard field == .dynamic else { throw invalid(field, "the collection makes it itself; leave it out") }
    }

    private static func checkCounts(_ schema: Schema) throws {
        guard schema.fields.count <= Limits.fieldsPerCollection else {
            throw ApusError(
                .invalidArgument,
                "\(schema.fields.count) fields are too many; a collection takes \(Limits.fieldsPerCollection)")
        }
        let vectors = schema.vectorFields.count
        guard vectors >= 1, vectors <= Limits.vectorFieldsPerCollection else {
            throw ApusError(
                .invalidArgument,
                "\(vectors) vector fields; a collection needs 1 to \(Limits.vectorFieldsPerCollection)")
        }
    }

    private static func checkPrimaryKey(_ schema: Schema) throws {
        let key = schema.primaryKey
        switch (key.type, schema.keyAssignment) {
        case (.int64, _), (.varchar, .byCaller): break
        case (.varchar, .automatic):
            guard key.type.varcharLength! >= 19 else {
                throw invalid(key, "automatic text keys need a maxLength of 19 at least")
            }
        default: throw invalid(key, "a primary key must be Int64 or VarChar, not \(key.type)")
        }
        guard !key.isNullable, key.defaultValue == nil else {
            throw invalid(key, "a primary key can neither be nullable nor have a default value")
        }
    }

    private static func checkPartitionKey(_ schema: Schema) throws {
        let keys = schema.fields.filter(\.isPartitionKey)
        guard let key = keys.first else { return }
        guard keys.count == 1 else {
            throw invalid(keys[1], "there are more than one partition key; '\(key.name)' is one already")
        }
        switch key.type {
        case .int64, .varchar: break
        default: throw invalid(key, "a partition key must be Int64 or VarChar, not \(key.type)")
        }
        guard key != schema.primaryKey, !key.isNullable else {
            throw invalid(key, "a partition key can neither be the primary key nor nullable")
        }
        guard (1...Limits.partitionsPerCollection).contains(schema.partitionCount) else {
            throw invalid(
                key, "partitionCount is \(schema.partitionCount); it must be 1 to \(Limits.partitionsPerCollection)")
        }
    }

    private static func checkType(_ field: Field) throws {
        switch field.type {
        case .varchar(let maxLength): try checkLength(maxLength, of: field)
        case .array(let element, let maxCapacity):
            guard (1...Limits.arrayElements).contains(maxCapacity) else {
                throw invalid(field, "maxCapacity is \(maxCapacity); it must be 1 to \(Limits.arrayElements)")
            }
            if case .varchar(let maxLength) = element { try checkLength(maxLength, of: field) }
        case .binaryVector(let dimension):
            guard (8...Limits.binaryDimension).contains(dimension), dimension % 8 == 0 else {
                throw invalid(
                    field, "dimension is \(dimension); it must be a multiple of 8 up to \(Limits.binaryDimension)")
            }
        case .floatVector(let dimension), .float16Vector(let dimension), .bfloat16Vector(let dimension),
            .int8Vector(let dimension):
            guard (1...Limits.dimension).contains(dimension) else {
                throw invalid(field, "dimension is \(dimension); it must be 1 to \(Limits.dimension)")
            }
        default: break
        }
        if field.type.isVector {
            guard !field.isNullable, field.defaultValue == nil else {
                throw invalid(field, "a vector can neither be nullable nor have a default value")
            }
        }
    }

    private static func checkLength(_ maxLength: Int, of field: Field) throws {
        guard (1...Limits.varcharBytes).contains(maxLength) else {
            throw invalid(field, "maxLength is \(maxLength); it must be 1 to \(Limits.varcharBytes)")
        }
    }

    private static func checkDefault(_ field: Field) throws {
        guard let value = field.defaultValue else { return }
        do {
            _ = try ValueCodec.encode(value, as: field.type)
        } catch {
            throw invalid(field, "its default value does not fit: \(error)")
        }
    }

    private static func invalid(_ field: Field, _ problem: String) -> ApusError {
        ApusError(.invalidArgument, "field '\(field.name)': \(problem)")
    }
}

extension DataType {
    fileprivate var varcharLength: Int? {
        if case .varchar(let maxLength) = self { maxLength } else { nil }
    }
}

/// Names of databases, collections, fields and indexes.
enum Name {
    /// A name starts with a letter or underscore, goes on with letters, digits and underscores, and fits `Limits`.
    static func check(_ name: String, of kind: String) throws {
        guard !name.isEmpty else { throw ApusError(.invalidArgument, "a \(kind) needs a name; it is empty") }
        guard name.utf8.count <= Limits.nameBytes else {
            throw ApusError(
                .invalidArgument,
                "the \(kind) name '\(name.prefix(32))...' has \(name.utf8.count) bytes; at most \(Limits.nameBytes) fit"
            )
        }
        let first = name.utf8.first!
        guard isLetter(first), name.utf8.allSatisfy({ isLetter($0) || isDigit($0) }) else {
            throw ApusError(
                .invalidArgument,
                "the \(kind) name '\(name)' may hold only letters, digits and underscores, no digit first")
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
