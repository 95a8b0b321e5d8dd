/// Turns what was found into hits: scores as the metric shows them, and the output fields.
struct HitReader: Sendable {
    let parts: [SelectedRows.Part]
    let outputs: OutputFields
    let metric: Metric
    let rounding: ScoreRounding
    let highlighting: Highlighting

    /// - Parameters:
    ///   - query: the number of the query that found the entity.
    ///   - group: the value of the group that the entity belongs to, if hits are grouped.
    func hit(_ entity: FoundEntity, query: Int, group: Value? = nil) throws -> Hit {
        let fields = try outputs.values(of: parts[entity.part].segment, row: entity.row)
        return Hit(
            primaryKey: entity.key, score: rounding.rounded(metric.score(fromDistance: entity.distance)),
            fields: fields, highlights: highlighting.results(forQuery: query, fields), group: group)
    }
}

/// How many decimals of a score are shown.
struct ScoreRounding: Sendable {
    private let factor: Double?

    /// - Parameter decimals: nil for all.
    /// - Throws: `ApusError` with code `invalidArgument` for a number that is not permitted.
    init(decimals: Int?) throws {
        guard let decimals else {
            factor = nil
            return
        }
        guard (0...6).contains(decimals) else {
            throw ApusError(.invalidArgument, "round_decimal is \(decimals); it must be 0 to 6, or be left out")
        }
        factor = (0..<decimals).reduce(1) { power, _ in power * 10 }
    }

    func rounded(_ score: Float) -> Float {
        guard let factor else { return score }
        return Float((Double(score) * factor).rounded() / factor)
    }
}
