extension IndexDefinition {
    /// Every parameter of a search for `k` neighbours, those not given at their defaults.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` for an unknown parameter, a value that is not permitted, or
    ///   fewer candidates than neighbours.
    func resolveSearch(_ parameters: Parameters, k: Int) throws -> Parameters {
        let resolved = try ParameterRule.resolve(
            parameters, against: type.searchParameters, owner: "a search by index type \(type.rawValue)")
        if let name = type.candidateParameter, let candidates = resolved.integer(name), candidates < k {
            throw ApusError(
                .invalidArgument,
                "search parameter \(name) is \(candidates), below k = \(k); set \(name) to \(k) or more")
        }
        return resolved
    }
}
