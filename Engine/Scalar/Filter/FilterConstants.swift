/// The constants of a list, ready to be asked for many values.
struct FilterConstants: Sendable {
    let integers: IntegerSet
    /// Sorted. Of constants that JSON is compared with these are no integers.
    private let doubles: [Double]
    private let texts: TermTable
    private let hasTrue: Bool
    private let hasFalse: Bool
    /// Each element by itself.
    private let arrays: [[FilterConstants]]
    private let kinds: Set<FilterOrder.Kind>

    /// - Parameter values: in their order, none twice.
    init(_ values: [Value]) {
        var (integers, doubles, arrays): ([Int64], [Double], [[FilterConstants]]) = ([], [], [])
        var texts = TermTable()
        for value in values {
            switch value {
            case .integer(let value): integers.append(value)
            case .double(let value): doubles.append(value)
            case .float(let value): doubles.append(Double(value))
            case .text(let value): _ = texts.add(value)
            case .array(let value): arrays.append(value.map { FilterConstants([$0]) })
            default: break
            }
        }
        self.integers = IntegerSet(integers)
        self.doubles = doubles
        self.texts = texts
        self.arrays = arrays
        hasTrue = values.contains(.bool(true))
        hasFalse = values.contains(.bool(false))
        kinds = Set(values.lazy.map(FilterOrder.kind))
    }

    /// Whether one of the constants is of the kind of the value, so that not being among them means something.
    func hasKind(of scalar: FilterScalar) -> Bool {
        switch scalar {
        case .null, .object: false
        case .bool: kinds.contains(.bool)
        case .integer, .double: kinds.contains(.number)
        case .text, .bytes: kinds.contains(.text)
        case .array: kinds.contains(.array)
        }
    }

    func contains(_ scalar: FilterScalar) -> Bool {
        switch scalar {
        case .null, .object: false
        case .bool(let value): value ? hasTrue : hasFalse
        case .integer(let value): integers.contains(value)
        case .double(let value): contains(value)
        case .bytes(let bytes): texts.number(of: bytes) != nil
        case .text: scalar.withText { texts.number(of: $0) != nil } ?? false
        case .array(let elements): arrays.contains { elements.equal($0) }
        }
    }

    private func contains(_ value: Double) -> Bool {
        var (low, high) = (0, doubles.count)
        while low < high {
            let middle = (low + high) / 2
            if doubles[middle] < value { low = middle + 1 } else { high = middle }
        }
        if low < doubles.count, doubles[low] == value { return true }
        return Int64(exactly: value).map(integers.contains) ?? false
    }
}
