import Common

@testable import Apus

/// Random values of a field with repetitions, extreme values and nulls, and random predicates on them.
struct RandomValues {
    let type: DataType
    var random: RandomSource

    init(_ type: DataType, seed: UInt64) {
        self.type = type
        random = RandomSource(seed: seed)
    }

    /// - Parameter distinct: about how many different values there are.
    mutating func values(_ count: Int, distinct: Int) -> [Value] {
        let pool = (0..<distinct).map { _ in value(of: type) }
        return (0..<count).map { _ in
            Int.random(in: 0..<10, using: &random) == 0 ? .null : pool[Int.random(in: 0..<distinct, using: &random)]
        }
    }

    /// A value, extreme ones among them.
    mutating func value(of type: DataType) -> Value {
        let isExtreme = Int.random(in: 0..<6, using: &random) == 0
        switch type {
        case .bool: return .bool(Bool.random(using: &random))
        case .int8, .int16, .int32, .int64: return .integer(integer(in: type.integerRange!, isExtreme: isExtreme))
        case .float:
            let extremes: [Float] = [0, -0.0, .leastNonzeroMagnitude, -.greatestFiniteMagnitude, 1, -1]
            return .float(isExtreme ? extremes.randomElement(using: &random)! : .random(in: -9...9, using: &random))
        case .double: return .double(double(isExtreme: isExtreme))
        case .array(let element, let maxCapacity):
            let count = Int.random(in: 0...min(maxCapacity, 6), using: &random)
            return .array((0..<count).map { _ in value(of: element.dataType) })
        default: return .text(text())
        }
    }

    mutating func double(isExtreme: Bool) -> Double {
        let extremes: [Double] = [0, -0.0, .leastNonzeroMagnitude, -.greatestFiniteMagnitude, 0x1p53, 0x1p63, -0x1p63]
        return isExtreme ? extremes.randomElement(using: &random)! : .random(in: -9...9, using: &random).rounded() / 2
    }

    mutating func integer(in range: ClosedRange<Int64>, isExtreme: Bool) -> Int64 {
        let edges = [range.lowerBound, range.lowerBound + 1, range.upperBound - 1, range.upperBound, 0]
        if isExtreme { return edges.randomElement(using: &random)! }
        return Int64.random(in: max(range.lowerBound, -40)...min(range.upperBound, 40), using: &random)
    }

    /// Texts that share beginnings, with characters of one to four bytes, and the empty text.
    mutating func text() -> String {
        let letters = ["a", "b", "ab", "é", "한", "𝄞", "z", "\u{0}", "%", "_"]
        let count = Int.random(in: 0...6, using: &random)
        return (0..<count).map { _ in letters.randomElement(using: &random)! }.joined()
    }

    // MARK: Predicates

    /// A predicate on values of the type, with constants among `values` and others.
    mutating func predicate(on values: [Value]) -> ScalarPredicate {
        if case .array(let element, _) = type {
            let constants = (0..<Int.random(in: 1...3, using: &random)).map { _ in value(of: element.dataType) }
            return Bool.random(using: &random) ? .containsAny(constants) : .containsAll(constants)
        }
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return .isIn((0..<Int.random(in: 0...4, using: &random)).map { _ in constant(values) })
        case 1 where type.isText: return .like(pattern())
        default:
            return type == .bool ? .isIn([constant(values)]) : .range(range(values))
        }
    }

    private mutating func constant(_ values: [Value]) -> Value {
        let taken = values.randomElement(using: &random)!
        return taken == .null || Bool.random(using: &random) ? value(of: type) : taken
    }

    private mutating func range(_ values: [Value]) -> ScalarRange {
        let bounds = (0..<2).map { _ in
            Int.random(in: 0..<4, using: &random) == 0
                ? nil : ScalarBound(value: constant(values), isIncluded: Bool.random(using: &random))
        }
        return ScalarRange(lower: bounds[0], upper: bounds[1])
    }

    mutating func pattern() -> LikePattern {
        let parts = ["%", "_", "a", "b", "ab", "é", "한", "𝄞", "\\%", "\\_"]
        let count = Int.random(in: 0...5, using: &random)
        let text = (0..<count).map { _ in parts.randomElement(using: &random)! }.joined()
        return LikePattern(text)!
    }
}
