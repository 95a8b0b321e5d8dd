/// A value of an index or search parameter.
public enum ParameterValue: Sendable, Hashable {
    case integer(Int)
    case number(Double)
    case text(String)
    case boolean(Bool)
}

/// Parameters of an index or a search under their names in the field, such as `M`, `efConstruction` and `ef`.
public typealias Parameters = [String: ParameterValue]

extension ParameterValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
    ExpressibleByBooleanLiteral
{
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
}

extension ParameterValue: CustomStringConvertible {
    public var description: String {
        switch self {
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let value): value
        case .boolean(let value): "\(value)"
        }
    }
}

/// Values of resolved parameters; nil for one that was not given and has no default.
extension Parameters {
    func integer(_ name: String) -> Int? {
        if case .integer(let value)? = self[name] { value } else { nil }
    }

    func number(_ name: String) -> Double? {
        if case .number(let value)? = self[name] { value } else { nil }
    }

    func text(_ name: String) -> String? {
        if case .text(let value)? = self[name] { value } else { nil }
    }

    func boolean(_ name: String) -> Bool? {
        if case .boolean(let value)? = self[name] { value } else { nil }
    }
}
