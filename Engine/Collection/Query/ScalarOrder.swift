/// How queries sort scalar values: false before true, numbers by size, texts by their UTF-8 bytes, as primary keys are.
enum ScalarOrder {
    /// Negative if `left` comes first, positive if `right` does, zero if neither. Both are values of one field, not null.
    static func compare(_ left: Value, _ right: Value) -> Int {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): compareNumbers(left, right)
        case (.float(let left), .float(let right)): compareNumbers(left, right)
        case (.double(let left), .double(let right)): compareNumbers(left, right)
        case (.bool(let left), .bool(let right)): compareNumbers(left ? 1 : 0, right ? 1 : 0)
        case (.text(let left), .text(let right)): compareTexts(left, right)
        default: preconditionFailure("\(left) and \(right) are not values of one sortable field")
        }
    }

    /// The same with nulls behind all values, in both directions.
    static func compare(_ left: Value, _ right: Value, _ direction: QueryRequest.Direction) -> Int {
        switch (left, right) {
        case (.null, .null): return 0
        case (.null, _): return 1
        case (_, .null): return -1
        default:
            let order = compare(left, right)
            return direction == .ascending ? order : -order
        }
    }

    private static func compareNumbers<Number: Comparable>(_ left: Number, _ right: Number) -> Int {
        left < right ? -1 : left == right ? 0 : 1
    }

    private static func compareTexts(_ left: String, _ right: String) -> Int {
        if left.utf8.elementsEqual(right.utf8) { return 0 }
        return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    }
}

extension DataType {
    /// Whether `ScalarOrder` sorts values of the type.
    var isSortable: Bool {
        switch self {
        case .bool, .int8, .int16, .int32, .int64, .float, .double, .varchar: true
        default: false
        }
    }

    /// Whether entities are grouped by values of the type: those for which equality has no rounding in it.
    var isGroupable: Bool {
        switch self {
        case .bool, .int8, .int16, .int32, .int64, .varchar: true
        default: false
        }
    }
}

/// The values by which an entity is grouped. Texts are equal by their bytes, where Swift would fold spellings of one
/// character.
struct GroupKey: Hashable {
    let values: [Value]

    static func == (left: GroupKey, right: GroupKey) -> Bool {
        left.values.elementsEqual(right.values) { left, right in
            if case (.text(let left), .text(let right)) = (left, right) { return left.utf8.elementsEqual(right.utf8) }
            return left == right
        }
    }

    func hash(into hasher: inout Hasher) {
        for value in values {
            if case .text(let text) = value {
                for byte in text.utf8 { hasher.combine(byte) }
            } else {
                hasher.combine(value)
            }
        }
    }

    /// By the first value that differs, ascending, nulls last.
    static func precedes(_ left: GroupKey, _ right: GroupKey) -> Bool {
        for (left, right) in zip(left.values, right.values) {
            let order = ScalarOrder.compare(left, right, .ascending)
            if order != 0 { return order < 0 }
        }
        return false
    }
}
