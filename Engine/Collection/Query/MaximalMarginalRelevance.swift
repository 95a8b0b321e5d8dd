/// Hits that differ from one another: maximal marginal relevance (Carbonell and Goldstein 1998).
public struct Diversity: Sendable, Hashable {
    /// 1 asks for nearness alone, 0 for difference alone.
    public var lambda: Double
    /// Nearest entities among which hits are chosen, at least as many as are asked for; nil takes five times as many.
    public var candidates: Int?
    /// The vector field by which hits are compared with each other; nil takes the one that is searched. BM25 compares
    /// queries with texts, not texts with each other, so there another one is needed.
    public var field: String?

    public init(lambda: Double = 0.5, candidates: Int? = nil, field: String? = nil) {
        self.lambda = lambda
        self.candidates = candidates
        self.field = field
    }
}

/// Chooses one candidate after the other: the one with the largest
///
///     lambda x relevance - (1 - lambda) x largest similarity to those chosen before
struct MaximalMarginalRelevance {
    let lambda: Double

    /// Positions of the candidates that are chosen, in the order of choosing; of equal ones the earlier. `relevance` and
    /// `similarity` have one scale. O(count x candidates).
    func choose(_ count: Int, relevance: [Double], similarity: (Int, Int) -> Double) -> [Int] {
        var chosen: [Int] = []
        var isLeft = [Bool](repeating: true, count: relevance.count)
        var nearest = [Double](repeating: -.infinity, count: relevance.count)
        while chosen.count < min(count, relevance.count) {
            var best: (place: Int, value: Double)?
            for place in relevance.indices where isLeft[place] {
                if let last = chosen.last { nearest[place] = max(nearest[place], similarity(last, place)) }
                let redundancy = chosen.isEmpty ? 0 : nearest[place]
                let value = lambda * relevance[place] - (1 - lambda) * redundancy
                if best == nil || value > best!.value { best = (place, value) }
            }
            chosen.append(best!.place)
            isLeft[best!.place] = false
        }
        return chosen
    }
}
