import Common

@testable import Apus

/// Who assigns keys, and of which type they are.
enum KeyKind: CaseIterable, Sendable {
    case integer, text, automaticInteger, automaticText

    /// The type of the second vector field: each kind of key brings another one.
    var spotType: DataType {
        switch self {
        case .integer: .floatVector(dimension: 3)
        case .text: .float16Vector(dimension: 3)
        case .automaticInteger: .bfloat16Vector(dimension: 3)
        case .automaticText: .int8Vector(dimension: 3)
        }
    }

    var isAutomatic: Bool { self == .automaticInteger || self == .automaticText }
}

/// A collection with every type of field, and random rows for it.
struct ModelSchema: Sendable {
    let keyKind: KeyKind
    let schema: Schema

    static let key = "key"
    static let embedding = "embedding"
    /// A second vector field, which never has an index.
    static let spot = "spot"

    init(_ keyKind: KeyKind) throws {
        self.keyKind = keyKind
        let isText = keyKind == .text || keyKind == .automaticText
        schema = try Schema(
            fields: [
                Field("flag", .bool, isNullable: true),
                Field(Self.embedding, .floatVector(dimension: 8)),
                Field("tiny", .int8, defaultValue: 7),
                Field(Self.key, isText ? .varchar(maxLength: 24) : .int64),
                Field("short", .int16),
                Field("medium", .int32, isNullable: true),
                Field("large", .int64, isNullable: true, defaultValue: -1),
                Field("ratio", .float),
                Field("precise", .double, isNullable: true),
                Field(Self.spot, keyKind.spotType),
                Field("bits", .binaryVector(dimension: 16)),
                Field("terms", .sparseFloatVector),
                Field("word", .varchar(maxLength: 24), isNullable: true),
                Field("document", .json, defaultValue: .json("{}")),
                Field("numbers", .array(of: .int32, maxCapacity: 5), defaultValue: .array([])),
                Field("words", .array(of: .varchar(maxLength: 6), maxCapacity: 3), isNullable: true),
            ], primaryKey: Self.key, keyAssignment: keyKind.isAutomatic ? .automatic : .byCaller)
    }

    /// One of a small number of keys, so that keys meet again. Two of the texts differ only in how an accent is spelled.
    func randomKey(_ random: inout RandomSource) -> PrimaryKey {
        let number = Int64.random(in: 0..<300, using: &random)
        switch keyKind {
        case .integer: return .integer(number < 290 ? number - 20 : .max - number)
        case .automaticInteger: return .integer(number)
        case .automaticText: return .text("\(number)")
        case .text:
            return .text(["", "\u{e9}", "e\u{301}", "a\u{0}b"].dropFirst(Int(number)).first ?? "key \(number)")
        }
    }

    func randomVector(_ dimension: Int, _ random: inout RandomSource) -> [Float] {
        // From a small set of numbers, so that equal vectors and equal distances occur.
        (0..<dimension).map { $0 == 0 ? 1 : Float(Int.random(in: -4...4, using: &random)) / 2 }
    }

    /// A value as a caller gives it; null where the field permits that.
    func randomValue(_ field: Field, _ random: inout RandomSource) -> Value {
        if field.isNullable || field.defaultValue != nil, Int.random(in: 0..<5, using: &random) == 0 { return .null }
        return randomPresentValue(field.type, &random)
    }

    private func randomPresentValue(_ type: DataType, _ random: inout RandomSource) -> Value {
        switch type {
        case .bool: .bool(Bool.random(using: &random))
        case .int8, .int16, .int32, .int64: .integer(Int64.random(in: type.integerRange!, using: &random))
        case .float: .float(Float.random(in: -1e6...1e6, using: &random))
        case .double: .double(Double.random(in: -1e9...1e9, using: &random))
        case .varchar: .text(["", "x", "häuser", "汉字", "seventeen letters"].randomElement(using: &random)!)
        case .json: .json(["{\"a\":[1,2.5e3,null]}", "[]", " \"\\u00e9\" ", "-0"].randomElement(using: &random)!)
        case .array(let element, let maxCapacity):
            .array(
                (0..<Int.random(in: 0...maxCapacity, using: &random)).map { _ in
                    element.dataType == .int32
                        ? randomPresentValue(.int32, &random)
                        : .text(["", "six", "été"].randomElement(using: &random)!)
                })
        case .floatVector(let dimension): .vector(randomVector(dimension, &random))
        case .float16Vector(let dimension):
            randomVector(dimension, &random).value { DenseVectors.float16(rounding: $0) }
        case .bfloat16Vector(let dimension):
            randomVector(dimension, &random).value { DenseVectors.bfloat16(rounding: $0) }
        case .int8Vector(let dimension): .int8Vector(randomVector(dimension, &random).map { Int8($0 * 2) })
        case .sparseFloatVector:
            .sparseVector(
                try! SparseVector(
                    Set((0..<3).map { _ in UInt32.random(in: 0..<50, using: &random) }).map {
                        SparseEntry(index: $0, value: Float($0) - 9)
                    }))
        case .binaryVector(let dimension):
            .binaryVector((0..<dimension / 8).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
    }

    /// The values of a row beside its key, as given.
    func randomRow(_ random: inout RandomSource) -> [String: Value] {
        var row: [String: Value] = [:]
        for field in schema.fields where field.name != Self.key { row[field.name] = randomValue(field, &random) }
        return row
    }

    /// The row as it is to be found later: defaults instead of null, and with its key.
    func stored(_ row: [String: Value], key: PrimaryKey) -> [String: Value] {
        var stored = row
        for field in schema.fields where stored[field.name] == .null {
            stored[field.name] = field.defaultValue ?? .null
        }
        stored[Self.key] = key.value
        return stored
    }

    /// Rows as columns, in the typed form where there is one.
    func columns(_ rows: [[String: Value]], keys: [PrimaryKey]) -> [FieldData] {
        schema.fields.compactMap { field in
            if field.name == Self.key {
                return keyKind.isAutomatic ? nil : FieldData(field.name, .values(keys.map(\.value)))
            }
            return Self.column(field, rows.map { $0[field.name]! })
        }
    }

    private static func column(_ field: Field, _ values: [Value]) -> FieldData {
        let valid = values.map { $0 != .null }
        func typed<Element>(_ make: ([Element]) -> ColumnData, _ absent: Element, _ read: (Value) -> Element?)
            -> FieldData
        {
            FieldData(field.name, make(values.map { read($0) ?? absent }), valid: valid.contains(false) ? valid : nil)
        }
        func integer<Integer: FixedWidthInteger>(_ value: Value) -> Integer? {
            if case .integer(let number) = value { Integer(number) } else { nil }
        }
        return switch field.type {
        case .bool: typed(ColumnData.bool, false) { if case .bool(let value) = $0 { value } else { nil } }
        case .int8: typed(ColumnData.int8, 0, integer)
        case .int16: typed(ColumnData.int16, 0, integer)
        case .int32: typed(ColumnData.int32, 0, integer)
        case .int64: typed(ColumnData.int64, 0, integer)
        case .float: typed(ColumnData.float, 0) { if case .float(let value) = $0 { value } else { nil } }
        case .double: typed(ColumnData.double, 0) { if case .double(let value) = $0 { value } else { nil } }
        case .varchar: typed(ColumnData.varchar, "") { if case .text(let value) = $0 { value } else { nil } }
        case .json: typed(ColumnData.json, "null") { if case .json(let value) = $0 { value } else { nil } }
        case .array: FieldData(field.name, .values(values))
        case .floatVector: FieldData(field.name, .floatVector(values.flatMap(\.vector)))
        default: FieldData(field.name, .values(values))
        }
    }
}

extension Value {
    /// The numbers of a vector; none for any other value.
    var vector: [Float] { denseVector?.floats ?? [] }
}

extension [Float] {
    /// The numbers as a value of a type that halves their precision.
    fileprivate func value(_ convert: ([Float]) -> DenseVectors) -> Value {
        switch convert(self) {
        case .float16(let patterns): .float16Vector(patterns)
        case .bfloat16(let patterns): .bfloat16Vector(patterns)
        default: preconditionFailure("not a type of half the precision")
        }
    }
}
