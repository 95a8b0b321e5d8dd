/// What an integer parameter may be.
public struct ParameterRange: Sendable, Hashable {
    public let name: String
    public let range: ClosedRange<Int>
    /// Used when the parameter is not given; nil if the request decides.
    public let defaultValue: Int?

    /// Checks `given` against `ranges` and fills in defaults.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` that names the parameter, its owner and the permitted values.
    static func resolve(_ given: Parameters, against ranges: [ParameterRange], owner: String) throws
        -> Parameters
    {
        for name in given.keys.sorted() where !ranges.contains(where: { $0.name == name }) {
            let known = ranges.map(\.name).joined(separator: ", ")
            throw ApusError(
                .invalidArgument,
                "\(owner) has no parameter '\(name)'; it takes \(known.isEmpty ? "none" : known)")
        }
        var resolved: Parameters = [:]
        for range in ranges {
            if let value = given[range.name] {
                resolved[range.name] = .integer(try range.checked(value, owner: owner))
            } else if let value = range.defaultValue {
                resolved[range.name] = .integer(value)
            }
        }
        return resolved
    }

    private func checked(_ value: ParameterValue, owner: String) throws -> Int {
        if case .integer(let number) = value, range.contains(number) { return number }
        throw ApusError(
            .invalidArgument,
            "parameter \(name) of \(owner) is \(value); it must be an integer from \(range.lowerBound) to \(range.upperBound)"
        )
    }
}
