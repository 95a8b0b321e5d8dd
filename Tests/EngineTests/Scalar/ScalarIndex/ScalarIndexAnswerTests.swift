import Common
import TestSupport
import Testing

@testable import Apus

/// Every index type over every data type gives the rows that a plain scan gives.
@Suite struct ScalarIndexAnswerTests {
    private let seed = testSeed(401)

    private static let numbers: [DataType] = [.int8, .int16, .int32, .int64, .float, .double]
    private static let text = DataType.varchar(maxLength: 60)
    private static let arrays: [DataType] = [
        .array(of: .bool, maxCapacity: 6), .array(of: .int32, maxCapacity: 6), .array(of: .double, maxCapacity: 6),
        .array(of: .varchar(maxLength: 60), maxCapacity: 6),
    ]

    struct Case: CustomTestStringConvertible {
        let type: DataType
        let definition: ScalarIndexDefinition
        var testDescription: String { "\(definition.type.rawValue) on \(type)" }
    }

    static let cases: [Case] = {
        let all = [.bool, text] + numbers + arrays
        return ScalarIndexType.allCases.flatMap { indexType in
            all.compactMap { type in
                let definition = try! ScalarIndexDefinition(
                    indexType, parameters: indexType == .ngram ? ["min_gram": 1, "max_gram": 2] : [:])
                let isFitting = definition.misfit(with: Field("f", type), isPrimaryKey: false) == nil
                return isFitting ? Case(type: type, definition: definition) : nil
            }
        }
    }()

    private func index(_ values: [Value], _ of: Case) throws -> any StoredScalarIndex {
        try ScalarIndexBuilder(Column(of.type, values), path: ScalarPath(field: 0), definition: of.definition).build()
    }

    @Test func everyTypeIsCovered() {
        #expect(Set(Self.cases.map(\.definition.type)) == Set(ScalarIndexType.allCases))
        #expect(Self.cases.count > 40)
    }

    @Test(arguments: cases)
    func answersAreThoseOfAScan(_ of: Case) throws {
        let shapes: [(rows: Int, distinct: Int)] = [(300, 5), (200, 150), (64, 1), (1, 1)]
        for (round, shape) in shapes.enumerated() {
            var random = RandomValues(of.type, seed: seed + UInt64(round))
            let values = random.values(shape.rows, distinct: shape.distinct)
            let index = try index(values, of)
            for _ in 0..<60 {
                let predicate = random.predicate(on: values)
                guard let rows = index.rows(matching: predicate) else {
                    #expect(of.definition.type == .ngram, "\(predicate) has no answer, seed \(seed)")
                    continue
                }
                let expected = PlainScan(values: values).rows(matching: predicate)
                #expect(rows.rows == expected, "\(predicate), round \(round), seed \(seed)")
                #expect(rows.capacity == shape.rows)
            }
        }
    }

    /// Estimates are exact where a row has one value and few lists are counted.
    @Test(arguments: cases)
    func estimatesAreNotBelowTheAnswer(_ of: Case) throws {
        var random = RandomValues(of.type, seed: seed)
        let values = random.values(300, distinct: 20)
        let index = try index(values, of)
        for _ in 0..<60 {
            let predicate = random.predicate(on: values)
            guard let rows = index.rows(matching: predicate) else {
                #expect(index.estimate(predicate) == nil)
                continue
            }
            let estimate = try #require(index.estimate(predicate), "\(predicate), seed \(seed)")
            #expect(estimate >= rows.count && estimate <= 300, "\(predicate), seed \(seed)")
        }
    }

    @Test func noRowsAndNoValues() throws {
        for of in Self.cases {
            for values in [[], [.null], Array(repeating: Value.null, count: 70)] {
                let index = try index(values, of)
                var random = RandomValues(of.type, seed: seed)
                for _ in 0..<10 {
                    let predicate = random.predicate(on: [.null])
                    guard let rows = index.rows(matching: predicate) else { continue }
                    #expect(rows.rows == [] && rows.capacity == values.count)
                }
            }
        }
    }

    /// A column of many rows with long runs of one value, so that lists take all their forms.
    @Test(arguments: [ScalarIndexType.inverted, .bitmap, .stlSort, .hybrid])
    func longRunsAndDenseRows(_ type: ScalarIndexType) throws {
        var random = RandomSource(seed: seed)
        let values: [Value] = (0..<5_000).map { row in
            .integer(row < 2_000 ? Int64(row / 500) : Int64.random(in: 10...13, using: &random))
        }
        let index = try index(values, Case(type: .int64, definition: ScalarIndexDefinition(type)))
        for low in Int64(-1)...14 {
            let range = ScalarRange(
                lower: ScalarBound(value: .integer(low), isIncluded: true),
                upper: ScalarBound(value: .integer(low + 2), isIncluded: false))
            for predicate in [ScalarPredicate.range(range), .isIn([.integer(low)])] {
                let expected = PlainScan(values: values).rows(matching: predicate)
                #expect(index.rows(matching: predicate)?.rows == expected, "\(predicate), seed \(seed)")
            }
        }
        #expect(index.memoryBytes < 21_000)
    }

    @Test func whatAnIndexCannotAnswer() throws {
        let numbers = try index([1, 2], Case(type: .int64, definition: ScalarIndexDefinition(.inverted)))
        #expect(numbers.rows(matching: .isNull) == nil)
        #expect(numbers.rows(matching: .isIn([.text("1")])) == nil)
        #expect(numbers.rows(matching: .containsAny([.integer(1)])) == nil)
        #expect(numbers.rows(matching: .like(LikePattern("1%")!)) == nil)
        #expect(numbers.rows(matching: .isIn([]))?.rows == [])
        let grams = try index(
            [.text("abc")],
            Case(
                type: Self.text,
                definition: ScalarIndexDefinition(.ngram, parameters: ["min_gram": 2, "max_gram": 3])))
        #expect(grams.rows(matching: .like(LikePattern("%a%")!)) == nil)
        #expect(grams.rows(matching: .like(LikePattern("%bc")!))?.rows == [0])
        #expect(grams.rows(matching: .like(LikePattern("%cb%")!))?.rows == [])
        #expect(grams.rows(matching: .isIn([.text("abc")])) == nil)
    }
}
