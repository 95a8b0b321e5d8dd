/// How well a ranked answer serves a query whose useful rows are known.
public enum RankingQuality {
    /// Normalised discounted cumulated gain at `k` (Järvelin and Kekäläinen 2002): the sum over the first `k` places of
    /// gain / log(1 + place), divided by that of the best answer there can be. 0 to 1; nil if no row has a gain.
    ///
    /// - Parameters:
    ///   - found: rows, best first; one that comes again counts once.
    ///   - gains: of the useful rows, above zero.
    public static func normalizedGain(found: [Int32], gains: [Int32: Double], k: Int) -> Double? {
        let ideal = discounted(gains.values.sorted(by: >).prefix(k))
        guard ideal > 0 else { return nil }
        var seen: Set<Int32> = []
        let given = found.prefix(k).map { seen.insert($0).inserted ? gains[$0] ?? 0 : 0 }
        return discounted(given) / ideal
    }

    /// The share of the useful rows that are among the first `k`; nil if there is none.
    public static func recall(found: [Int32], useful: Set<Int32>, k: Int) -> Double? {
        guard !useful.isEmpty else { return nil }
        return Double(useful.intersection(found.prefix(k)).count) / Double(useful.count)
    }

    private static func discounted(_ gains: some Sequence<Double>) -> Double {
        gains.enumerated().reduce(0) { $0 + $1.element / naturalLogarithm(Double($1.offset + 2)) }
    }
}
