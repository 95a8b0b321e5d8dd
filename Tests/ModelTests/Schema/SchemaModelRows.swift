import Common

@testable import Apus

/// What a row of the model holds.
struct SchemaModelRow {
    /// Of every field but the dynamic one.
    var fields: [String: Value]
    /// The keys of the dynamic field, as they are read.
    var dynamic: [String: Value]
    var written: UInt64

    /// The value that a name stands for: of a field, or of a dynamic key.
    func value(_ name: String) -> Value? { fields[name] ?? dynamic[name] }
}

/// The fields of a collection that is to grow, and random values for them.
enum SchemaModelFields {
    static let original = [
        Field("key", .int64), Field("embedding", .floatVector(dimension: 3)), Field("large", .int64, isNullable: true),
        Field("word", .varchar(maxLength: 8), defaultValue: "none"),
    ]

    /// One of the fields that may be added.
    static func added(_ number: Int, _ random: inout RandomSource) -> Field {
        let name = "added\(number)"
        return [
            Field(name, .int32, isNullable: true), Field(name, .int8, defaultValue: 7),
            Field(name, .varchar(maxLength: 4), isNullable: true, defaultValue: "new"),
            Field(name, .bool, defaultValue: true), Field(name, .double, isNullable: true),
            Field(name, .json, isNullable: true), Field(name, .json, defaultValue: .json("[0]")),
            Field(name, .array(of: .int32, maxCapacity: 3), isNullable: true, defaultValue: .array([1])),
        ].randomElement(using: &random)!
    }

    static func value(_ type: DataType, _ random: inout RandomSource) -> Value {
        switch type {
        case .floatVector: .vector((0..<3).map { _ in Float(Int.random(in: 1...5, using: &random)) })
        case .varchar: .text(["", "a", "bc", "new"].randomElement(using: &random)!)
        case .bool: .bool(Bool.random(using: &random))
        case .double: .double(Double(Int.random(in: -4...4, using: &random)) / 4)
        case .json: .json(["{}", "[1,2]", "null", "\"x\""].randomElement(using: &random)!)
        case .array: .array((0..<Int.random(in: 0...3, using: &random)).map { .integer(Int64($0)) })
        default: .integer(Int64.random(in: -5...5, using: &random))
        }
    }

    /// Dynamic keys with values that are read as they are written.
    static func dynamic(_ random: inout RandomSource) -> [String: Value] {
        var values: [String: Value] = [:]
        for name in ["color", "size", "é\"", "tags"] where Bool.random(using: &random) {
            values[name] = [.text("red"), .text(""), .integer(3), .double(0.5), .bool(false), .null, .json("[1,{}]")]
                .randomElement(using: &random)!
        }
        return values
    }
}

/// A filter, and what it means.
struct SchemaModelFilter {
    let expression: String
    let matches: (SchemaModelRow) -> Bool

    private static func number(_ value: Value?) -> Double? {
        switch value {
        case .integer(let number)?: Double(number)
        case .double(let number)?: number
        default: nil
        }
    }

    static func random(_ fields: [Field], _ random: inout RandomSource) -> SchemaModelFilter {
        let bound = Int.random(in: -4...4, using: &random)
        var filters = [
            SchemaModelFilter(expression: "large > \(bound)") {
                number($0.value("large")).map { $0 > Double(bound) } ?? false
            },
            SchemaModelFilter(expression: "key >= 10 and key < \(20 + bound)") {
                number($0.value("key")).map { $0 >= 10 && $0 < Double(20 + bound) } ?? false
            },
            SchemaModelFilter(expression: "word == \"none\"") { $0.value("word") == "none" },
            SchemaModelFilter(expression: "color == \"red\"") { $0.value("color") == "red" },
            SchemaModelFilter(expression: "size > \(bound)") {
                number($0.value("size")).map { $0 > Double(bound) } ?? false
            },
        ]
        for field in fields.dropFirst(original.count) where field.isNullable && field.defaultValue == nil {
            filters.append(
                SchemaModelFilter(expression: "\(field.name) is null") { $0.value(field.name) == .null })
        }
        for field in fields.dropFirst(original.count) where field.type == .int8 {
            filters.append(
                SchemaModelFilter(expression: "\(field.name) == 7") { $0.value(field.name) == 7 })
        }
        return filters.randomElement(using: &random)!
    }

    private static let original = SchemaModelFields.original
}
