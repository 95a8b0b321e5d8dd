/// A condition made ready to be asked of many rows.
enum FilterTest: Sendable {
    case isIn(FilterConstants)
    /// A list without constants, which every value that is there fails.
    case never
    case range(ScalarRange, FilterOrder.Kind)
    case like(LikePattern)
    case containsAny(FilterConstants)
    /// Each constant by itself.
    case containsAll([FilterConstants])
    case isNull
    case exists
    case expression(RegularExpression)

    /// Nil for conditions that do not look at one value by itself.
    init?(_ condition: FilterCondition) {
        switch condition {
        case .matches(let predicate): self.init(predicate)
        case .exists: self = .exists
        case .expression(let pattern): self = .expression(pattern)
        case .compares, .terms: return nil
        }
    }

    private init(_ predicate: ScalarPredicate) {
        switch predicate {
        case .isIn(let values): self = values.isEmpty ? .never : .isIn(FilterConstants(values))
        case .range(let range):
            self = .range(range, FilterOrder.kind(of: (range.lower ?? range.upper)!.value))
        case .like(let pattern): self = .like(pattern)
        case .containsAny(let values): self = .containsAny(FilterConstants(values))
        case .containsAll(let values): self = .containsAll(values.map { FilterConstants([$0]) })
        case .isNull: self = .isNull
        }
    }

    /// What the test says of what was read of a row, nil where nothing is there; nil if that is unknown.
    func holds(_ scalar: FilterScalar?) -> Bool? {
        guard let scalar else { return holdsWithoutValue }
        switch self {
        case .isIn(let constants): return constants.hasKind(of: scalar) ? constants.contains(scalar) : nil
        case .never: if case .null = scalar { return nil } else { return false }
        case .range(let range, let kind): return Self.holds(range, kind, scalar)
        case .like(let pattern): return scalar.withText(pattern.matches)
        case .expression(let pattern): return scalar.withText(pattern.matches)
        case .containsAny(let constants):
            guard case .array(let elements) = scalar else { return nil }
            return elements.contains(constants.contains)
        case .containsAll(let constants):
            guard case .array(let elements) = scalar else { return nil }
            return constants.allSatisfy { elements.contains($0.contains) }
        case .isNull: if case .null = scalar { return true } else { return false }
        case .exists: return true
        }
    }

    /// What the test says of a row that is null or has nothing at the path.
    private var holdsWithoutValue: Bool? {
        switch self {
        case .isNull: true
        case .exists: false
        default: nil
        }
    }

    private static func holds(_ range: ScalarRange, _ kind: FilterOrder.Kind, _ scalar: FilterScalar) -> Bool? {
        switch (scalar, kind) {
        case (.integer(let value), .number): range.contains { order(value, $0) }
        case (.double(let value), .number): range.contains { order(value, $0) }
        case (.bytes, .text), (.text, .text): scalar.withText { text in range.contains { order(text, $0) } }
        default: nil
        }
    }

    // MARK: Order of a value to a constant of its kind

    @inline(__always)
    private static func order(_ value: Int64, _ constant: Value) -> Int {
        switch constant {
        case .integer(let constant): FilterOrder.order(value, constant)
        case .double(let constant): FilterOrder.order(value, constant)
        case .float(let constant): FilterOrder.order(value, Double(constant))
        default: preconditionFailure("\(constant) is no number")
        }
    }

    @inline(__always)
    private static func order(_ value: Double, _ constant: Value) -> Int {
        switch constant {
        case .integer(let constant): -FilterOrder.order(constant, value)
        case .double(let constant): FilterOrder.order(value, constant)
        case .float(let constant): FilterOrder.order(value, Double(constant))
        default: preconditionFailure("\(constant) is no number")
        }
    }

    private static func order(_ text: UnsafeRawBufferPointer, _ constant: Value) -> Int {
        guard case .text(var constant) = constant else { preconditionFailure("\(constant) is no text") }
        return constant.withUTF8 { FilterOrder.orderBytes(text, UnsafeRawBufferPointer($0)) }
    }
}

extension FilterOperand {
    /// What is read of a row.
    ///
    /// - Parameters:
    ///   - bytes: the encoded value of the field.
    ///   - columnType: the type of the field.
    func read(_ bytes: UnsafeRawBufferPointer, as columnType: DataType) -> FilterScalar? {
        guard let scalar = value(bytes, as: columnType) else { return nil }
        switch (reading, scalar) {
        case (.value, _): return scalar
        case (.length, .array(let elements)): return .integer(Int64(elements.count))
        case (.arithmetic(let arithmetic), .integer(let value)): return arithmetic.applied(to: value)
        case (.arithmetic(let arithmetic), .double(let value)): return arithmetic.applied(to: value)
        default: return nil
        }
    }

    private func value(_ bytes: UnsafeRawBufferPointer, as columnType: DataType) -> FilterScalar? {
        switch (columnType, path.keys.first) {
        case (.json, _):
            let document = JSONDocument(bytes)
            return document.value(at: path.keys).map { FilterScalar($0, of: document) }
        case (.array(let element, _), .element(let index)):
            return FilterElements.column(bytes, element.dataType).element(at: index)
        default: return FilterScalar(bytes, as: columnType)
        }
    }
}
