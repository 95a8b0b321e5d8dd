extension FilterNode: CustomStringConvertible {
    /// The canonical text: equal for filters that the simplifier made equal, different for any others.
    var description: String {
        switch self {
        case .constant(let value): "\(value)"
        case .sample(let share): "random_sample(\(share))"
        case .all(let parts): "(\(parts.map(\.description).joined(separator: " and ")))"
        case .any(let parts): "(\(parts.map(\.description).joined(separator: " or ")))"
        case .leaf(let leaf): leaf.polarity == .holds ? leaf.text : "not \(leaf.text)"
        }
    }

    /// What looking at one row costs, as a rank.
    var cost: Int {
        switch self {
        case .constant: 0
        case .sample: 100
        case .all(let parts), .any(let parts): parts.reduce(0) { max($0, $1.cost) } + 1
        case .leaf(let leaf): leaf.cost
        }
    }
}

extension FilterLeaf {
    fileprivate var text: String { "\(operand.text) \(condition.text)" }

    fileprivate var cost: Int {
        switch condition {
        case .matches(.isNull): return operand.isWholeField ? 1 : 40
        case .compares: return operand.type.fixedByteCount == nil ? 30 : 10
        case .terms: return 80
        case .expression: return 70
        default: break
        }
        if operand.isWholeField, operand.type.fixedByteCount != nil { return 2 }
        switch operand.type {
        case .json: return 60
        case .varchar: if case .matches(.like) = condition { return 50 } else { return 20 }
        case .array: return 45
        default: return 40
        }
    }
}

extension FilterOperand {
    /// The place and what is made of it, without the name that the expression gives it.
    var text: String {
        let keys = path.keys.map { key in
            switch key {
            case .member(let name): "[\(FilterCondition.quoted(name))]"
            case .element(let index): "[\(index)]"
            }
        }
        let place = "#\(path.field)\(keys.joined())"
        return switch reading {
        case .value: place
        case .length: "length(\(place))"
        case .arithmetic(let arithmetic):
            "(\(place) \(arithmetic.operation.rawValue) \(FilterCondition.text(arithmetic.constant)))"
        }
    }
}

extension FilterCondition {
    fileprivate var text: String {
        switch self {
        case .matches(let predicate): Self.text(predicate)
        case .exists: "exists"
        case .compares(let comparison, let other): "\(comparison.rawValue) \(other.text)"
        case .expression(let pattern): "=~ \(Self.quoted(pattern.source))"
        case .terms(_, let text): text
        }
    }

    private static func text(_ predicate: ScalarPredicate) -> String {
        switch predicate {
        case .isIn(let values): "in \(text(.array(values)))"
        case .range(let range):
            [range.lower.map { $0.isIncluded ? ">= \(text($0.value))" : "> \(text($0.value))" },
                range.upper.map { $0.isIncluded ? "<= \(text($0.value))" : "< \(text($0.value))" }]
                .compactMap(\.self).joined(separator: " ")
        case .like(let pattern): "like \(quoted(pattern.description))"
        case .containsAny(let values): "contains any \(text(.array(values)))"
        case .containsAll(let values): "contains all \(text(.array(values)))"
        case .isNull: "is null"
        }
    }

    fileprivate static func text(_ value: Value) -> String {
        switch value {
        case .text(let text): quoted(text)
        case .array(let values): "[\(values.map(text).joined(separator: ", "))]"
        default: value.description
        }
    }

    /// In quotes, and in ASCII alone: Swift takes texts for equal that are spelt with other characters.
    static func quoted(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 && $0 != 0x22 && $0 != 0x5C }) { return "\"\(text)\"" }
        var escaped = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" || !scalar.isASCII {
                escaped += "\\\(String(scalar.value, radix: 16));"
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped + "\""
    }
}
