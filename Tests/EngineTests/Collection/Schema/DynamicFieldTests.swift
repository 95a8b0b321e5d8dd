import TestSupport
import Testing

@testable import Apus

/// Values under names that the schema does not know.
@Suite struct DynamicFieldTests {
    private let disk = SimulatedFileSystem()

    private static func schema(isDynamic: Bool = true) throws -> Schema {
        try Schema(
            fields: [
                Field("id", .int64), Field("v", .floatVector(dimension: 1)),
                Field("word", .varchar(maxLength: 8), isNullable: true),
            ], primaryKey: "id", isDynamic: isDynamic)
    }

    private func collection(isDynamic: Bool = true) throws -> Collection {
        let database = try Instance(folder: "d", options: DatabaseOptions(), fileSystem: disk).database()
        let collection = try database.createCollection("rows", schema: Self.schema(isDynamic: isDynamic))
        try collection.load()
        return collection
    }

    private static func row(_ key: Int64, _ others: [String: Value] = [:]) -> [String: Value] {
        others.merging(["id": .integer(key), "v": .vector([Float(key)])]) { first, _ in first }
    }

    @Test func rowsMayBringOtherNames() throws {
        let collection = try collection()
        try collection.insert(rows: [
            Self.row(1, ["color": "red", "size": 4, "word": "one"]),
            Self.row(2, ["color": nil, "tags": .array(["a", .double(0.5), .array([])])]),
            Self.row(3, ["nested": .json(#"{"a": [1]}"#), "é\"": true]),
            Self.row(4),
        ])
        func check() throws {
            let names = ["color", "size", "tags", "nested", "é\"", "word"]
            #expect(
                try collection.get(keys: [1, 2, 3, 4], outputFields: names) == [
                    ["color": "red", "size": 4, "word": "one"],
                    ["color": nil, "tags": .json(#"["a",0.5,[]]"#), "word": nil],
                    ["nested": .json(#"{"a": [1]}"#), "é\"": true, "word": nil], ["word": nil],
                ])
            #expect(
                try collection.get(keys: [1, 4], outputFields: ["$meta"]) == [
                    ["$meta": .json(#"{"color":"red","size":4}"#)], ["$meta": .json("{}")],
                ])
            #expect(
                try collection.get(keys: [4]) == [["id": 4, "v": .vector([4]), "word": nil, "$meta": .json("{}")]])
        }
        try check()
        try collection.flush()
        try check()
    }

    @Test func columnsMayBringOtherNamesAndWholeObjects() throws {
        let collection = try collection()
        try collection.insert([
            FieldData("id", .int64([1, 2, 3])), FieldData("v", .floatVector([1, 2, 3])),
            FieldData("$meta", .json([#"{"a": 1, "b": {}}"#, "{}", "null"]), valid: [true, true, false]),
            FieldData("c", .double([0.5, 1, 2]), valid: [true, false, true]),
            FieldData("d", .varchar(["x", "z"]), valid: [true, false, true]),
        ])
        #expect(
            try collection.get(keys: [1, 2, 3], outputFields: ["$meta"]).map { $0?["$meta"] } == [
                .json(#"{"a":1,"b":{},"c":0.5,"d":"x"}"#), .json("{}"), .json(#"{"c":2.0,"d":"z"}"#),
            ])
        try collection.insert([
            FieldData("id", .int64([4])), FieldData("v", .floatVector([4])),
            FieldData("$meta", .json([#" {"kept" : "as given"} "#])),
        ])
        #expect(
            try collection.get(keys: [4], outputFields: ["$meta"]) == [["$meta": .json(#" {"kept" : "as given"} "#)]])
    }

    private func expectRefusal(
        _ parts: [String], code: ApusError.Code = .invalidArgument, sourceLocation: SourceLocation = #_sourceLocation,
        isDynamic: Bool = true, _ call: (Collection) throws -> Void
    ) throws {
        let collection = try collection(isDynamic: isDynamic)
        let error = #expect(throws: ApusError.self, sourceLocation: sourceLocation) { try call(collection) }
        #expect(error?.code == code, sourceLocation: sourceLocation)
        for part in parts {
            #expect(
                error?.message.contains(part) == true, "'\(part)' in: \(error?.message ?? "")",
                sourceLocation: sourceLocation)
        }
        #expect(collection.count == 0, sourceLocation: sourceLocation)
    }

    @Test func whatIsNoObjectIsRefused() throws {
        for text in ["[]", "1", "{", "", #"{"a":1} x"#] {
            try DynamicFieldTests().expectRefusal(["$meta", "row 1"]) {
                try $0.insert(rows: [Self.row(1), Self.row(2, ["$meta": .json(text)])])
            }
        }
        try DynamicFieldTests().expectRefusal(["$meta", "row 0"]) {
            try $0.insert(rows: [Self.row(1, ["$meta": "{}"])])
        }
    }

    @Test func keysThatCollideAreRefused() throws {
        for key in ["word", "id", "$meta"] {
            try DynamicFieldTests().expectRefusal(["row 1", "'\(key)'"]) {
                try $0.insert(rows: [Self.row(1), Self.row(2, ["$meta": .json(#"{"a": 1, "\#(key)": 2}"#)])])
            }
        }
        try DynamicFieldTests().expectRefusal(["row 0", "'a'", "twice"]) {
            try $0.insert(rows: [Self.row(1, ["a": 1, "$meta": .json(#"{"\u0061": 1}"#)])])
        }
    }

    @Test func valuesThatJSONCannotHoldAreRefused() throws {
        try DynamicFieldTests().expectRefusal(["row 0", "'x'", "vector"]) {
            try $0.insert(rows: [Self.row(1, ["x": .vector([1, 2])])])
        }
        try DynamicFieldTests().expectRefusal(["'x'", "FloatVector"]) {
            try $0.insert([
                FieldData("id", .int64([1])), FieldData("v", .floatVector([1])), FieldData("x", .floatVector([1])),
            ])
        }
        try DynamicFieldTests().expectRefusal(["row 1", "'x'", "finite"]) {
            try $0.insert(rows: [Self.row(1), Self.row(2, ["x": .double(.nan)])])
        }
    }

    @Test func largeObjectsAreRefused() throws {
        // {"x":"..."} has eight bytes beside the text.
        let longest = String(repeating: "y", count: Limits.jsonBytes - 8)
        let collection = try collection()
        try collection.insert(rows: [Self.row(1, ["x": .text(longest)])])
        #expect(try collection.get(keys: [1], outputFields: ["x"]) == [["x": .text(longest)]])
        try DynamicFieldTests().expectRefusal(["row 0", "\(Limits.jsonBytes)"]) {
            try $0.insert(rows: [Self.row(1, ["x": .text(longest + "y")])])
        }
    }

    @Test func otherSchemasRefuseUnknownNames() throws {
        try expectRefusal(["'color'"], code: .notFound, isDynamic: false) {
            try $0.insert(rows: [Self.row(1, ["color": "red"])])
        }
        let schema = #expect(throws: ApusError.self) {
            try Schema(
                fields: [
                    Field("id", .int64), Field("v", .floatVector(dimension: 1)),
                    Field("$meta", .int64, isNullable: true),
                ], primaryKey: "id", isDynamic: true)
        }
        #expect(schema?.message.contains("$meta") == true)
    }
}
