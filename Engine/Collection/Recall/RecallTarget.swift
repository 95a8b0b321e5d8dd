/// The search parameter that asks for a recall instead of an effort.
enum RecallTarget {
    static let name = "targetRecall"
    /// More cannot be proved by a few thousand queries; an exact index gives more.
    private static let rule = ParameterRule.number(name, 0.5...0.999)

    /// The recall that is asked for, if any.
    static func value(in parameters: Parameters) throws -> Double? {
        guard let given = parameters[name] else { return nil }
        if let other = parameters.keys.sorted().first(where: { $0 != name }) {
            throw ApusError(
                .invalidArgument, "\(name) chooses the parameters of a search; leave '\(other)' out, or \(name)")
        }
        return try ParameterRule.resolve([name: given], against: [rule], owner: "a search").number(name)
    }
}
