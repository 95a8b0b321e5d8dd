extension IndexDefinition {
    /// Every parameter of a search for `k` neighbours, those not given at their defaults.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` for an unknown parameter or a value that is not permitted.
    func resolveSearch(_ parameters: Parameters, k: Int) throws -> Parameters {
        var resolved = try ParameterRange.resolve(
            parameters, against: type.searchParameters, owner: "a search by index type \(type.rawValue)")
        if type == .hnsw { resolved["ef"] = .integer(try HNSWIndex.resolveEf(resolved, k: k)) }
        return resolved
    }
}
