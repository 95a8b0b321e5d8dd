/// The settings of AUTOINDEX: a graph over 4-bit codes, the rows found ranked again by full rows. Measured on text
/// embeddings, clustered and uniform vectors.
enum AutoIndex {
    /// With cheap distances more links pay: at recall 0.995 of WordNet a search takes a fifth less than with 16.
    static let m = 24
    static let efConstruction = 200

    /// The `ef` of each level as a multiple of k; a search that names neither is of `defaultLevel`.
    private static let efPerLevel: [Double] = [1.2, 1.6, 2.4, 3.2, 4.8, 6.4, 9.6, 16, 32, 64]
    private static let defaultLevel = 5
    /// A walk keeps this many rows at least, so that small k finds as much as large.
    private static let leastEf = 10

    /// `ef` goes before `level`. All rows that a walk keeps are ranked again: the walk costs far more, and where codes
    /// are coarse for the data the rows it keeps are all that can make up for it.
    static func breadth(_ parameters: Parameters, k: Int) -> HNSWBreadth {
        let level = parameters.integer("level") ?? defaultLevel
        let ef = parameters.integer("ef") ?? Int((Double(max(k, leastEf)) * efPerLevel[level - 1]).rounded(.up))
        return HNSWBreadth(ef: ef, k: k, refined: ef)
    }
}
