/// Turns comparisons with constants into predicates whose constants have the type of the operand.
///
/// A constant that no value of the type can equal, such as 300 for Int8 or 1.5 for an integer type, gives the predicate
/// that never holds: a list without constants.
struct FilterCasting {
    /// A predicate and whether it is to hold or to fail.
    typealias Outcome = (predicate: ScalarPredicate, polarity: FilterPolarity)

    static let never: Outcome = (.isIn([]), .holds)
    static let always: Outcome = (.isIn([]), .fails)

    /// Of the operand.
    let type: DataType

    /// Nil if values of the type do not compare with the constant in this way.
    func comparison(_ comparison: FilterComparison, _ constant: Value) -> Outcome? {
        if comparison == .notEqual {
            return self.comparison(.equal, constant).map { ($0.predicate, $0.polarity.opposite) }
        }
        if type.integerRange != nil {
            switch constant {
            case .integer(let value): return integers(comparison, value)
            case .double(let value): return integers(comparison, value)
            default: return nil
            }
        }
        guard let value = cast(constant) else { return nil }
        if comparison == .equal { return (.isIn([value]), .holds) }
        guard isOrdered(value) else { return nil }
        return (.range(Self.range(comparison, value)), .holds)
    }

    /// Nil if values of the type do not compare with one of the constants, which `misfit` then finds. Integer types
    /// take no fractions here.
    func list(_ constants: [Value]) -> [Value]? {
        var values: [Value] = []
        values.reserveCapacity(constants.count)
        for constant in constants {
            guard isInList(constant), let value = cast(constant) else { return nil }
            if type.integerRange.map({ $0.contains(value.integer!) }) ?? true { values.append(value) }
        }
        return FilterOrder.sortedSet(values)
    }

    /// Position of the first constant that `list` does not take.
    func misfit(_ constants: [Value]) -> Int? {
        constants.firstIndex { !isInList($0) || cast($0) == nil }
    }

    private func isInList(_ constant: Value) -> Bool {
        if type.integerRange != nil { constant.integer != nil } else { true }
    }

    // MARK: Casting

    /// The constant as a value of the type; of integer types any integer, in range or not.
    func cast(_ constant: Value) -> Value? {
        switch (type, constant) {
        case (.bool, .bool), (.varchar, .text): return constant
        case (.int8, _), (.int16, _), (.int32, _), (.int64, _): return constant.integer.map(Value.integer)
        case (.float, .integer(let value)): return .float(Float(value))
        case (.float, .double(let value)): return .float(Float(value))
        case (.double, .integer(let value)): return .double(Double(value))
        case (.double, .double): return constant
        case (.json, _): return Self.canonical(constant)
        case (.array(let element, _), .array(let values)):
            let casting = FilterCasting(type: element.dataType)
            let cast = values.compactMap { casting.isInList($0) ? casting.cast($0) : nil }
            return cast.count == values.count ? .array(cast) : nil
        default: return nil
        }
    }

    /// As JSON compares it: a number that is an integer of 64 bits is one, however it was written.
    private static func canonical(_ constant: Value) -> Value? {
        switch constant {
        case .bool, .integer, .text: return constant
        case .double(let value): return Int64(exactly: value).map(Value.integer) ?? constant
        case .array(let values):
            let cast = values.compactMap(canonical)
            return cast.count == values.count ? .array(cast) : nil
        default: return nil
        }
    }

    private func isOrdered(_ value: Value) -> Bool {
        let kind = FilterOrder.kind(of: value)
        return kind == .number || kind == .text
    }

    private static func range(_ comparison: FilterComparison, _ value: Value) -> ScalarRange {
        switch comparison {
        case .less: ScalarRange(lower: nil, upper: ScalarBound(value: value, isIncluded: false))
        case .lessOrEqual: ScalarRange(lower: nil, upper: ScalarBound(value: value, isIncluded: true))
        case .greater: ScalarRange(lower: ScalarBound(value: value, isIncluded: false), upper: nil)
        default: ScalarRange(lower: ScalarBound(value: value, isIncluded: true), upper: nil)
        }
    }

    // MARK: Integers

    private func integers(_ comparison: FilterComparison, _ value: Int64) -> Outcome {
        switch comparison {
        case .equal: return integers(value, value)
        case .less: return value == .min ? Self.never : integers(.min, value - 1)
        case .lessOrEqual: return integers(.min, value)
        case .greater: return value == .max ? Self.never : integers(value + 1, .max)
        default: return integers(value, .max)
        }
    }

    /// Compares exactly, where casting the integer to a double would round.
    private func integers(_ comparison: FilterComparison, _ value: Double) -> Outcome {
        if comparison == .equal { return Int64(exactly: value).map { integers($0, $0) } ?? Self.never }
        let isBelow = comparison == .less || comparison == .lessOrEqual
        if value >= 0x1p63 { return isBelow ? Self.always : Self.never }
        if value < -0x1p63 { return isBelow ? Self.never : Self.always }
        let floor = Int64(value.rounded(.down))
        if Double(floor) == value { return integers(comparison, floor) }
        return integers(isBelow ? .lessOrEqual : .greater, floor)
    }

    private func integers(_ low: Int64, _ high: Int64) -> Outcome {
        let all = type.integerRange!
        guard low <= all.upperBound, high >= all.lowerBound, low <= high else { return Self.never }
        let range = max(low, all.lowerBound)...min(high, all.upperBound)
        if range == all { return Self.always }
        if range.count(upTo: 2) == 1 { return (.isIn([.integer(range.lowerBound)]), .holds) }
        return (.range(Self.range(range, in: all)), .holds)
    }

    /// A bound at the end of the type is none.
    static func range(_ range: ClosedRange<Int64>, in all: ClosedRange<Int64>) -> ScalarRange {
        ScalarRange(
            lower: range.lowerBound == all.lowerBound
                ? nil : ScalarBound(value: .integer(range.lowerBound), isIncluded: true),
            upper: range.upperBound == all.upperBound
                ? nil : ScalarBound(value: .integer(range.upperBound), isIncluded: true))
    }
}

extension ClosedRange<Int64> {
    /// How many numbers there are, or `most` if there are more.
    fileprivate func count(upTo most: Int64) -> Int64 {
        let (distance, overflow) = upperBound.subtractingReportingOverflow(lowerBound)
        return overflow || distance >= most ? most : distance + 1
    }
}

extension Value {
    var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }
}
