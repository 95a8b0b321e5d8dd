/// One user's opinion of one item.
public struct Interaction: Sendable, Equatable {
    public let user: Int
    public let item: Int
    /// 1 (barely) to 5 (very much).
    public let weight: Float

    public init(user: Int, item: Int, weight: Float) {
        self.user = user
        self.item = item
        self.weight = weight
    }
}

/// Users and items with hidden tastes, for recommendation: a few items are wanted by many, most by few.
///
/// A user sees items by their popularity (a Zipf law) and takes, of a handful seen at a time, the one closest to
/// the user's hidden factors, so both popularity and taste can be learnt back from the triples. How many items a user
/// takes is long-tailed too. No user takes an item twice.
public struct InteractionGenerator: Sendable {
    /// What the interactions look like.
    public struct Parameters: Sendable, Equatable {
        public var factorCount = 8
        public var popularityExponent = 0.8
        public var meanItemsPerUser = 20
        /// How many items a user looks at before taking one; 1 means that taste plays no part.
        public var choices = 6

        public init() {}
    }

    public let userCount: Int
    public let itemCount: Int
    public let parameters: Parameters
    /// The hidden factors of the users, unit length: row = user.
    public let userFactors: VectorSet
    /// The hidden factors of the items, unit length: row = item. Item 0 is the most popular.
    public let itemFactors: VectorSet
    private let popularity: ZipfDistribution
    private let seed: UInt64

    public init(userCount: Int, itemCount: Int, seed: UInt64, parameters: Parameters = Parameters()) {
        precondition(userCount > 0 && itemCount > 0, "users and items must be positive")
        precondition(
            parameters.factorCount > 0 && parameters.choices > 0 && parameters.meanItemsPerUser > 0,
            "factors, choices and items per user must be positive")
        self.userCount = userCount
        self.itemCount = itemCount
        self.parameters = parameters
        self.seed = seed
        let directions = UniformDistribution(dimension: parameters.factorCount)
        userFactors = directions.vectors(userCount, seed: seed)
        itemFactors = directions.vectors(itemCount, seed: ~seed)
        popularity = ZipfDistribution(count: itemCount, exponent: parameters.popularityExponent)
    }

    /// All interactions, user by user, each user's items in the order in which they were taken.
    public func interactions() -> [Interaction] {
        (0..<userCount).flatMap(interactions(ofUser:))
    }

    /// The interactions of one user.
    public func interactions(ofUser user: Int) -> [Interaction] {
        var random = RandomSource(seed: seed &+ 1, stream: user)
        let wanted = min(basketSize(&random), max(1, itemCount / 4))
        var taken = Set<Int>()
        var result: [Interaction] = []
        // A user who keeps seeing what he has already taken stops looking.
        for _ in 0..<wanted * 4 where result.count < wanted {
            let (item, affinity) = choose(for: user, &random)
            guard taken.insert(item).inserted else { continue }
            let opinion = 3 + 2 * affinity + 0.3 * random.gaussian()
            result.append(Interaction(user: user, item: item, weight: min(5, max(1, opinion))))
        }
        return result
    }

    /// Exponentially distributed with the wanted mean, at least 2.
    private func basketSize(_ random: inout RandomSource) -> Int {
        let scale = Double(max(1, parameters.meanItemsPerUser - 2))
        return 2 + Int(-naturalLogarithm(1 - random.uniformDouble()) * scale)
    }

    private func choose(for user: Int, _ random: inout RandomSource) -> (item: Int, affinity: Float) {
        var best = (item: 0, affinity: -Float.infinity)
        for _ in 0..<parameters.choices {
            let item = popularity.draw(&random)
            let affinity = VectorMath.dot(userFactors.row(user), itemFactors.row(item))
            if affinity > best.affinity { best = (item, affinity) }
        }
        return best
    }
}
