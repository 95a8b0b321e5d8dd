/// By what means neighbours are looked for when it is not known beforehand how many are needed.
struct NeighborEffort {
    let field: Int
    let definition: IndexDefinition
    /// Neighbours asked for at first.
    let firstCount: Int
    /// Whether every search gives the exact answer.
    let isExact: Bool
    /// Parameters that the request asks for, at least.
    private let parameters: Parameters

    /// An index is asked for this many neighbours at least: fewer cost hardly less, and are found less surely.
    private static let fewest = 64
    /// A walk computes this many distances for each neighbour that it keeps, or more; a scan one for each row.
    private static let costOfNeighbor = 8

    /// - Parameter wanted: neighbours that are likely to be needed.
    init(_ target: SearchTarget, _ parameters: Parameters, wanted: Int) {
        field = target.field
        definition = target.definition
        self.parameters = parameters
        // Dropped terms of a sparse query make its search an approximate one.
        isExact = definition.isExact && parameters.number("drop_ratio_search") ?? 0 == 0
        firstCount = isExact ? wanted : Self.fewest
    }

    /// Whether comparing all rows of a segment costs no more than asking its index for so many neighbours, once the
    /// index was asked at least once.
    func scans(_ part: SelectedRows.Part, for count: Int) -> Bool {
        isExact || count >= part.count / Self.costOfNeighbor
    }

    /// The first neighbours of each query in a segment.
    func firstSearch(
        _ part: SelectedRows.Part, _ queries: QueryBlock, _ statistics: inout SearchStatistics
    ) throws -> [[Neighbor]] {
        if !isExact, scans(part, for: firstCount) {
            return try part.segment.exactSearch(
                field: field, queries, k: part.count, permitted: part.permitted, statistics: &statistics)
        }
        let count = min(firstCount, part.count)
        return try part.segment.search(
            field: field, queries, k: count, parameters: parameters(for: count), permitted: part.permitted,
            statistics: &statistics)
    }

    /// The parameters of a search for `count` neighbours. Candidates grow with the neighbours, and so do the lists that
    /// are probed, since more neighbours lie in more lists.
    func parameters(for count: Int) -> Parameters {
        var parameters = self.parameters
        let growth = max(1, Double(count) / Double(firstCount))
        if let name = definition.type.candidateParameter {
            parameters[name] = .integer(max(2 * count, parameters.integer(name) ?? 0))
        }
        if let probes = parameters.integer("nprobe") {
            parameters["nprobe"] = .integer(min(definition.integer("nlist"), Int(Double(probes) * growth)))
        }
        return parameters
    }
}
