@testable import Apus

/// What a predicate means, said as plainly as possible: the values are looked at one by one.
struct PlainScan {
    /// Null for a row without a value.
    let values: [Value]

    func rows(matching predicate: ScalarPredicate) -> [Int] {
        values.indices.filter { Self.matches(values[$0], predicate) }
    }

    static func matches(_ value: Value, _ predicate: ScalarPredicate) -> Bool {
        switch (predicate, value) {
        case (.isNull, _): value == .null
        case (.isIn(let constants), _): constants.contains { isEqual(value, $0) }
        case (.range(let range), _): isInside(value, range)
        case (.like(let pattern), .text(let text)): Array(text.utf8).withUnsafeBytes(pattern.matches)
        case (.containsAny(let constants), .array(let elements)):
            constants.contains { constant in elements.contains { isEqual($0, constant) } }
        case (.containsAll(let constants), .array(let elements)):
            constants.allSatisfy { constant in elements.contains { isEqual($0, constant) } }
        default: false
        }
    }

    private static func isEqual(_ value: Value, _ constant: Value) -> Bool {
        switch (value, constant) {
        case (.bool(let left), .bool(let right)): left == right
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        default: isLess(value, constant) == false && isLess(constant, value) == false
        }
    }

    private static func isInside(_ value: Value, _ range: ScalarRange) -> Bool {
        if let lower = range.lower {
            guard let isBelow = isLess(value, lower.value), !isBelow else { return false }
            if !lower.isIncluded, isEqual(value, lower.value) { return false }
        }
        if let upper = range.upper {
            guard let isAbove = isLess(upper.value, value), !isAbove else { return false }
            if !upper.isIncluded, isEqual(value, upper.value) { return false }
        }
        return value != .null
    }

    /// Nil for values that are not compared.
    private static func isLess(_ left: Value, _ right: Value) -> Bool? {
        switch (left, right) {
        case (.bool(let left), .bool(let right)): !left && right
        case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.integer(let left), .integer(let right)): left < right
        case (.integer(let left), .double(let right)): isLess(left, right)
        case (.double(let left), .integer(let right)): left.isNaN ? nil : isMore(right, left)
        case (.float(let left), _): isLess(.double(Double(left)), right)
        case (_, .float(let right)): isLess(left, .double(Double(right)))
        case (.double(let left), .double(let right)): left.isNaN || right.isNaN ? nil : left < right
        default: nil
        }
    }

    /// Whole numbers are compared as such, which 80 bits of mantissa and sign would hold.
    private static func isLess(_ left: Int64, _ right: Double) -> Bool? {
        if right.isNaN { return nil }
        if right >= 0x1p63 { return true }
        if right <= -0x1p63 { return false }
        return left < Int64(right.rounded(.up))
    }

    private static func isMore(_ left: Int64, _ right: Double) -> Bool? {
        if right >= 0x1p63 { return false }
        if right < -0x1p63 { return true }
        return left > Int64(right.rounded(.down))
    }
}

extension RowSet {
    var rows: [Int] {
        var rows: [Int] = []
        forEach { rows.append($0) }
        return rows
    }
}

extension Column {
    init(_ type: DataType, _ values: [Value]) throws {
        var builder = ColumnBuilder(type: type, reservingRows: values.count)
        for value in values {
            if value == .null { builder.appendNull() } else { builder.append(try ValueCodec.encode(value, as: type)) }
        }
        self = builder.finish()
    }
}
