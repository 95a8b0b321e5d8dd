import Testing

@testable import Apus

@Suite struct ScalarIndexDefinitionTests {
    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return (error as? ApusError)?.message ?? "\(error)"
        }
    }

    @Test func namesAreThoseOfMilvus() throws {
        #expect(try ScalarIndexType(name: "Trie") == .trie)
        #expect(try ScalarIndexType(name: "inverted") == .inverted)
        #expect(message { _ = try ScalarIndexType(name: "X") }.contains("invalid index type: X"))
    }

    @Test func parametersAreChecked() throws {
        let cases: [(ScalarIndexType, Parameters, String)] = [
            (.ngram, [:], "must specify both min_gram and max_gram"), (.ngram, ["min_gram": 2], "must specify both"),
            (.ngram, ["min_gram": 3, "max_gram": 2], "0 < min_gram <= max_gram"),
            (.ngram, ["min_gram": 0, "max_gram": 2], "min_gram"), (.bitmap, ["x": 1], "no parameter 'x'"),
            (.hybrid, ["bitmap_cardinality_limit": 1_001], "1 to 1000"),
            (.inverted, ["json_cast_type": "INT8"], "json_cast_type"),
            (.inverted, ["json_path": 3], "json_path"),
        ]
        for (type, parameters, text) in cases {
            let message = message { _ = try ScalarIndexDefinition(type, parameters: parameters) }
            #expect(message.contains(text), "\(message)")
        }
        let texts = try ScalarIndexDefinition(.ngram, parameters: ["min_gram": "2", "max_gram": "3"])
        #expect(texts.gramLengths == 2...3)
    }

    @Test func whatSuitsWhichField() throws {
        let text = DataType.varchar(maxLength: 9)
        let cases: [(ScalarIndexType, DataType, String)] = [
            (.trie, .int64, "TRIE are only supported on varchar field"),
            (.stlSort, .bool, "STL_SORT are only supported on numeric, varchar or timestamptz field"),
            (.stlSort, .array(of: .int8, maxCapacity: 2), "STL_SORT are only supported"),
            (.bitmap, .double, "bitmap index are only supported on bool, int, string and array field"),
            (.bitmap, .array(of: .float, maxCapacity: 2), "bitmap index are only supported"),
            (.inverted, .json, "json_path and json_cast_type must be given"), (.bitmap, .json, "does not suit"),
            (.inverted, .floatVector(dimension: 4), "scalar fields"),
        ]
        for (type, field, text) in cases {
            let definition = try ScalarIndexDefinition(type)
            let message = message { try definition.check(fits: Field("f", field), isPrimaryKey: false) }
            #expect(message.contains(text) && message.contains("'f'"), "\(message)")
        }
        let bitmap = try ScalarIndexDefinition(.bitmap)
        #expect(bitmap.misfit(with: Field("f", .int64), isPrimaryKey: true)?.contains("primary key") == true)
        #expect(bitmap.misfit(with: Field("f", text), isPrimaryKey: false) == nil)
    }

    @Test func pathsSuitJSONOnly() throws {
        let cases: [(Parameters, DataType, String)] = [
            (["json_path": "f[\"a\"]", "json_cast_type": "DOUBLE"], .int64, "JSON fields only"),
            (["json_path": "f[", "json_cast_type": "DOUBLE"], .json, "cannot be read"),
            (["json_path": "f", "json_cast_type": "DOUBLE"], .json, "no value inside"),
            (
                ["json_path": "a", "json_cast_type": "VARCHAR", "json_cast_function": "STRING_TO_DOUBLE"], .json,
                "json_cast_type DOUBLE only"
            ),
        ]
        for (parameters, type, text) in cases {
            let misfit = try ScalarIndexDefinition(.inverted, parameters: parameters)
                .misfit(with: Field("f", type), isPrimaryKey: false)
            #expect(misfit?.contains(text) == true, "\(misfit ?? "none")")
        }
    }
}
