/// What a parameter may be.
public struct ParameterRule: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        /// One of these texts, in upper or lower case.
        case choice([String])
        case boolean
        /// Any text.
        case text
    }

    public let name: String
    public let kind: Kind
    /// Used when the parameter is not given; nil if the data or the request decides.
    public let defaultValue: ParameterValue?

    static func integer(_ name: String, _ range: ClosedRange<Int>, _ defaultValue: Int? = nil) -> ParameterRule {
        ParameterRule(name: name, kind: .integer(range), defaultValue: defaultValue.map { .integer($0) })
    }

    static func number(_ name: String, _ range: ClosedRange<Double>, _ defaultValue: Double? = nil) -> ParameterRule {
        ParameterRule(name: name, kind: .number(range), defaultValue: defaultValue.map { .number($0) })
    }

    static func choice(_ name: String, _ choices: [String], _ defaultValue: String) -> ParameterRule {
        ParameterRule(name: name, kind: .choice(choices), defaultValue: .text(defaultValue))
    }

    static func boolean(_ name: String, _ defaultValue: Bool) -> ParameterRule {
        ParameterRule(name: name, kind: .boolean, defaultValue: .boolean(defaultValue))
    }

    /// One of `choices`; the data decide if it is not given.
    static func choice(_ name: String, _ choices: [String]) -> ParameterRule {
        ParameterRule(name: name, kind: .choice(choices), defaultValue: nil)
    }

    static func text(_ name: String) -> ParameterRule {
        ParameterRule(name: name, kind: .text, defaultValue: nil)
    }

    /// Checks `given` against `rules` and fills in defaults. Texts of numbers and of truth values are taken for what
    /// they say, since many clients send every parameter as text.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` that names the parameter, its owner and the permitted values.
    static func resolve(_ given: Parameters, against rules: [ParameterRule], owner: String) throws -> Parameters {
        for name in given.keys.sorted() where !rules.contains(where: { $0.name == name }) {
            let known = rules.map(\.name).joined(separator: ", ")
            throw ApusError(
                .invalidArgument, "\(owner) has no parameter '\(name)'; it takes \(known.isEmpty ? "none" : known)")
        }
        var resolved: Parameters = [:]
        for rule in rules {
            resolved[rule.name] = try given[rule.name].map { try rule.checked($0, owner: owner) } ?? rule.defaultValue
        }
        return resolved
    }

    private func checked(_ value: ParameterValue, owner: String) throws -> ParameterValue {
        guard let checked = kind.accepted(value) else {
            throw ApusError(
                .invalidArgument, "parameter \(name) of \(owner) is \(value); it must be \(kind.description)")
        }
        return checked
    }
}

extension ParameterRule.Kind: CustomStringConvertible {
    public var description: String {
        switch self {
        case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
        case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .choice(let choices): "one of \(choices.joined(separator: ", "))"
        case .boolean: "true or false"
        case .text: "a text"
        }
    }

    /// The value in the form that the engine uses; nil if it is not permitted.
    func accepted(_ value: ParameterValue) -> ParameterValue? {
        switch (self, value) {
        case (.integer(let range), .integer(let number)): range.contains(number) ? value : nil
        case (.integer, .text(let text)): Int(text).flatMap { accepted(.integer($0)) }
        case (.number(let range), .number(let number)): range.contains(number) ? value : nil
        case (.number, .integer(let number)): accepted(.number(Double(number)))
        case (.number, .text(let text)): Double(text).flatMap { accepted(.number($0)) }
        case (.choice(let choices), .text(let text)):
            choices.first { $0.lowercased() == text.lowercased() }.map { .text($0) }
        case (.boolean, .boolean): value
        case (.boolean, .text(let text)): Bool(text.lowercased()).map { .boolean($0) }
        case (.text, .text): value
        default: nil
        }
    }
}
