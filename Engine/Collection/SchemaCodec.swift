/// Schemas and index definitions as bytes of a manifest.
enum SchemaCodec {
    static func write(_ schema: Schema, to writer: inout ByteWriter) {
        writer.append(schema.description)
        writer.append(UInt32(schema.primaryKeyIndex))
        writer.append(schema.keyAssignment == .automatic)
        writer.appendCount(schema.fields.count)
        for field in schema.fields {
            writer.append(field.name)
            writer.append(field.description)
            write(field.type, to: &writer)
            writer.append(field.isNullable)
            writer.append(field.defaultValue != nil)
            if let value = field.defaultValue {
                // A schema is only made with defaults that can be encoded.
                writer.appendBlock(try! ValueCodec.encode(value, as: field.type))
            }
            writer.append(field.isPartitionKey)
            writer.append(field.text != nil)
            if let text = field.text {
                writer.append(text.analyzer)
                writer.append(text.isMatched)
            }
        }
        writer.appendCount(schema.functions.count)
        for function in schema.functions {
            for text in [function.name, function.input, function.output] { writer.append(text) }
        }
        writer.append(schema.isDynamic)
        writer.append(UInt32(schema.partitionCount))
    }

    /// - Parameter version: that of the manifest; version 1 knew neither functions nor partition keys, analyzers and
    ///   dynamic fields.
    static func readSchema(from reader: inout ByteReader, version: UInt32) throws -> Schema {
        let description = try reader.string()
        let primaryKeyIndex = Int(try reader.uint32())
        let keyAssignment: KeyAssignment = try reader.bool() ? .automatic : .byCaller
        let fields = try (0..<reader.count(minimumBytesEach: 4)).map { _ in
            try readField(from: &reader, version: version)
        }
        guard fields.indices.contains(primaryKeyIndex) else {
            throw reader.corrupted("there is no field \(primaryKeyIndex) to be the primary key")
        }
        var functions: [BM25Function] = []
        var isDynamic = false
        var partitionCount = Schema.defaultPartitionCount
        if version > 1 {
            functions = try (0..<reader.count(minimumBytesEach: 3)).map { _ in
                try BM25Function(reader.string(), input: reader.string(), output: reader.string())
            }
            isDynamic = try reader.bool()
            partitionCount = Int(try reader.uint32())
        }
        do {
            return try Schema(
                fields: fields, primaryKey: fields[primaryKeyIndex].name, keyAssignment: keyAssignment,
                description: description, functions: functions, isDynamic: isDynamic, partitionCount: partitionCount)
        } catch {
            throw reader.corrupted("the schema is not valid: \(error)")
        }
    }

    // MARK: Index definitions

    static func write(_ definition: IndexDefinition, to writer: inout ByteWriter) {
        writer.append(definition.type.rawValue)
        writer.append(definition.metric.rawValue)
        write(definition.parameters, to: &writer)
    }

    static func write(_ definition: ScalarIndexDefinition, to writer: inout ByteWriter) {
        writer.append(definition.type.rawValue)
        write(definition.parameters, to: &writer)
    }

    private static func write(_ parameters: Parameters, to writer: inout ByteWriter) {
        writer.appendCount(parameters.count)
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            writer.append(name)
            switch value {
            case .integer(let number): writer.append(Int64(number))
            case .number(let number): writer.append(number)
            case .text(let text): writer.append(text)
            case .boolean(let flag): writer.append(flag)
            }
        }
    }

    static func readDefinition(from reader: inout ByteReader) throws -> IndexDefinition {
        let type = try reader.string()
        let metric = try reader.string()
        guard let type = IndexType(rawValue: type), let metric = Metric(rawValue: metric) else {
            throw reader.corrupted("index type '\(type)' with metric '\(metric)' is not known")
        }
        let parameters = try readParameters(type.buildParameters, of: type.rawValue, from: &reader)
        return try valid(reader) { try IndexDefinition(type, metric: metric, parameters: parameters) }
    }

    static func readScalarDefinition(from reader: inout ByteReader) throws -> ScalarIndexDefinition {
        let name = try reader.string()
        guard let type = ScalarIndexType(rawValue: name) else {
            throw reader.corrupted("index type '\(name)' is not known")
        }
        let parameters = try readParameters(type.buildParameters, of: name, from: &reader)
        return try valid(reader) { try ScalarIndexDefinition(type, parameters: parameters) }
    }

    private static func valid<Definition>(
        _ reader: ByteReader, _ definition: () throws -> Definition
    ) throws -> Definition {
        do {
            return try definition()
        } catch {
            throw reader.corrupted("the index definition is not valid: \(error)")
        }
    }

    private static func readParameters(
        _ rules: [ParameterRule], of type: String, from reader: inout ByteReader
    ) throws -> Parameters {
        var parameters: Parameters = [:]
        for _ in 0..<(try reader.count(minimumBytesEach: 2)) {
            let name = try reader.string()
            guard let rule = rules.first(where: { $0.name == name }) else {
                throw reader.corrupted("index type \(type) has no parameter '\(name)'")
            }
            parameters[name] = try readParameter(rule, from: &reader)
        }
        return parameters
    }

    private static func readParameter(
        _ rule: ParameterRule, from reader: inout ByteReader
    ) throws -> ParameterValue {
        switch rule.kind {
        case .integer: .integer(Int(try reader.int64()))
        case .number: .number(try reader.double())
        case .choice, .text: .text(try reader.string())
        case .boolean: .boolean(try reader.bool())
        }
    }

    private static func readField(from reader: inout ByteReader, version: UInt32) throws -> Field {
        let name = try reader.string()
        let description = try reader.string()
        let type = try readType(from: &reader)
        let isNullable = try reader.bool()
        var defaultValue: Value?
        if try reader.bool() { defaultValue = try readValue(of: type, from: &reader) }
        var isPartitionKey = false
        var text: TextOptions?
        if version > 1 {
            isPartitionKey = try reader.bool()
            if try reader.bool() { text = TextOptions(analyzer: try reader.string(), isMatched: try reader.bool()) }
        }
        return Field(
            name, type, isNullable: isNullable, defaultValue: defaultValue, description: description,
            isPartitionKey: isPartitionKey, text: text)
    }

    private static func readValue(of type: DataType, from reader: inout ByteReader) throws -> Value {
        let bytes = Array(try reader.block())
        return try bytes.withUnsafeBytes { bytes in
            guard ValueCodec.isWhole(bytes, as: type) else {
                throw reader.corrupted("a default value of \(bytes.count) bytes is no \(type)")
            }
            return ValueCodec.decode(bytes, as: type)
        }
    }

    // MARK: Types. The codes are those of Milvus's DataType.

    private static func write(_ type: DataType, to writer: inout ByteWriter) {
        writer.append(code(of: type))
        switch type {
        case .varchar(let maxLength): writer.append(UInt32(maxLength))
        case .floatVector(let dimension), .float16Vector(let dimension), .bfloat16Vector(let dimension),
            .int8Vector(let dimension), .binaryVector(let dimension):
            writer.append(UInt32(dimension))
        case .array(let element, let maxCapacity):
            writer.append(UInt32(maxCapacity))
            write(element.dataType, to: &writer)
        default: break
        }
    }

    private static let arrayCode: UInt8 = 22

    private static func code(of type: DataType) -> UInt8 {
        switch type {
        case .bool: 1
        case .int8: 2
        case .int16: 3
        case .int32: 4
        case .int64: 5
        case .float: 10
        case .double: 11
        case .varchar: 21
        case .array: arrayCode
        case .json: 23
        case .binaryVector: 100
        case .floatVector: 101
        case .float16Vector: 102
        case .bfloat16Vector: 103
        case .sparseFloatVector: 104
        case .int8Vector: 105
        }
    }

    private static func readType(from reader: inout ByteReader) throws -> DataType {
        let code = try reader.uint8()
        if code != arrayCode { return try readPlainType(code, from: &reader) }
        let maxCapacity = Int(try reader.uint32())
        guard let element = DataType.ElementType(try readPlainType(reader.uint8(), from: &reader)) else {
            throw reader.corrupted("an array cannot hold elements of that type")
        }
        return .array(of: element, maxCapacity: maxCapacity)
    }

    /// Any type but an array, so that damaged bytes cannot nest without end.
    private static func readPlainType(_ code: UInt8, from reader: inout ByteReader) throws -> DataType {
        switch code {
        case 1: return .bool
        case 2: return .int8
        case 3: return .int16
        case 4: return .int32
        case 5: return .int64
        case 10: return .float
        case 11: return .double
        case 21: return .varchar(maxLength: Int(try reader.uint32()))
        case 23: return .json
        case 100: return .binaryVector(dimension: Int(try reader.uint32()))
        case 101: return .floatVector(dimension: Int(try reader.uint32()))
        case 102: return .float16Vector(dimension: Int(try reader.uint32()))
        case 103: return .bfloat16Vector(dimension: Int(try reader.uint32()))
        case 104: return .sparseFloatVector
        case 105: return .int8Vector(dimension: Int(try reader.uint32()))
        default: throw reader.corrupted("there is no data type \(code)")
        }
    }
}

extension DataType.ElementType {
    /// nil for types that an array cannot hold.
    init?(_ type: DataType) {
        switch type {
        case .bool: self = .bool
        case .int8: self = .int8
        case .int16: self = .int16
        case .int32: self = .int32
        case .int64: self = .int64
        case .float: self = .float
        case .double: self = .double
        case .varchar(let maxLength): self = .varchar(maxLength: maxLength)
        default: return nil
        }
    }
}
