import Common

@testable import Apus

/// A random schema of the fields that filters read, with random rows and random filters for it.
struct QueryModelSchema {
    let schema: Schema
    let definition: IndexDefinition?
    private let hasTextKeys: Bool

    static let vector = "v"
    static let dimension = 4

    /// Fields that a schema may have beside key and vector.
    private static let pool: [Field] = [
        Field("flag", .bool), Field("maybe", .bool, isNullable: true), Field("tiny", .int8),
        Field("number", .int64, isNullable: true), Field("ratio", .double, isNullable: true), Field("size", .double),
        Field("word", .varchar(maxLength: 20), isNullable: true), Field("name", .varchar(maxLength: 20)),
        Field("tags", .array(of: .varchar(maxLength: 8), maxCapacity: 4), isNullable: true),
        Field("counts", .array(of: .int16, maxCapacity: 4)),
    ]
    private static let words = ["", "a", "ab", "abc", "b", "ba", "caf\u{e9}", "cafe\u{301}", "汉字", "ab ab"]

    init(_ random: inout RandomSource) throws {
        hasTextKeys = Bool.random(using: &random)
        var fields = [
            Field("key", hasTextKeys ? .varchar(maxLength: 10) : .int64),
            Field(Self.vector, .floatVector(dimension: Self.dimension)),
        ]
        fields += Self.pool.shuffled(using: &random).prefix(Int.random(in: 2...8, using: &random))
        schema = try Schema(fields: fields.shuffled(using: &random), primaryKey: "key")
        definition = try Self.definition(&random)
    }

    /// Exact ones mostly, since approximate ones can be held to less.
    static func definition(_ random: inout RandomSource) throws -> IndexDefinition? {
        let metric = Metric.dense.randomElement(using: &random)!
        return switch Int.random(in: 0..<6, using: &random) {
        case 0: nil
        case 1: try IndexDefinition(.hnsw, metric: metric, parameters: ["M": 8, "efConstruction": 40])
        case 2: try IndexDefinition(.ivfFlat, metric: metric, parameters: ["nlist": 4])
        default: try IndexDefinition(.flat, metric: metric)
        }
    }

    /// The fields that a filter or a sort may name.
    var scalars: [Field] { schema.fields.filter { !$0.type.isVector } }

    func key(_ random: inout RandomSource) -> PrimaryKey {
        let number = Int64.random(in: -60..<60, using: &random)
        return hasTextKeys ? .text("k\(number)") : .integer(number)
    }

    func row(_ key: PrimaryKey, _ random: inout RandomSource) -> [String: Value] {
        var row: [String: Value] = [:]
        for field in schema.fields {
            row[field.name] = field.name == "key" ? key.value : value(field, &random)
        }
        return row
    }

    func vector(_ random: inout RandomSource) -> [Float] {
        (0..<Self.dimension).map { _ in Float.random(in: -1...1, using: &random) }
    }

    private func value(_ field: Field, _ random: inout RandomSource) -> Value {
        if field.isNullable, Int.random(in: 0..<4, using: &random) == 0 { return .null }
        switch field.type {
        case .array(let element, let maxCapacity):
            return .array(
                (0..<Int.random(in: 0...maxCapacity, using: &random)).map { _ in constant(element.dataType, &random) })
        case .floatVector: return .vector(vector(&random))
        default: return constant(field.type, &random)
        }
    }

    /// From few values, so that filters match.
    private func constant(_ type: DataType, _ random: inout RandomSource) -> Value {
        switch type {
        case .bool: .bool(Bool.random(using: &random))
        case .varchar: .text(Self.words.randomElement(using: &random)!)
        case .double: .double(Double(Int.random(in: -8...8, using: &random)) / 4)
        default: .integer(Int64.random(in: -6...6, using: &random))
        }
    }

    /// The key compares with keys.
    private func constant(_ field: Field, _ random: inout RandomSource) -> Value {
        field.name == "key" ? key(&random).value : constant(field.type, &random)
    }
}

extension QueryModelSchema {
    /// A random filter of at most so many levels.
    func filter(depth: Int, _ random: inout RandomSource) -> ModelFilter {
        if depth > 0, Int.random(in: 0..<3, using: &random) > 0 {
            let left = filter(depth: depth - 1, &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1: return .both(left, filter(depth: depth - 1, &random))
            case 2, 3: return .either(left, filter(depth: depth - 1, &random))
            default: return .not(left)
            }
        }
        return condition(scalars.randomElement(using: &random)!, &random)
    }

    private func condition(_ field: Field, _ random: inout RandomSource) -> ModelFilter {
        if field.isNullable, Int.random(in: 0..<5, using: &random) == 0 {
            return .isNull(field.name, isNegated: Bool.random(using: &random))
        }
        if case .array(let element, _) = field.type {
            return .arrayContains(field.name, constant(element.dataType, &random))
        }
        let comparison =
            field.type == .bool
            ? [.equal, .notEqual].randomElement(using: &random)!
            : ModelFilter.Comparison.allCases.randomElement(using: &random)!
        let first = constant(field, &random)
        switch (Int.random(in: 0..<6, using: &random), field.type) {
        case (0, .bool), (1, .bool): return .compare(field.name, comparison, first)
        case (0, _):
            return .isIn(
                field.name, (0..<Int.random(in: 0...4, using: &random)).map { _ in constant(field, &random) },
                isNegated: Bool.random(using: &random))
        case (1, _):
            return .between(
                first, isLowIncluded: Bool.random(using: &random), field.name, constant(field, &random),
                isHighIncluded: Bool.random(using: &random))
        case (2, .varchar):
            return .startsWith(field.name, ["a", "ab", "caf", "k1", "汉"].randomElement(using: &random)!)
        case (3, .varchar): return .contains(field.name, ["b", " ", "\u{e9}", "1"].randomElement(using: &random)!)
        case (2, .int8), (2, .int64):
            return .sum(field.name, Int64.random(in: -3...3, using: &random), comparison, 2)
        default: return .compare(field.name, comparison, first)
        }
    }
}
