#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A sequential test of whether the mean recall of queries reaches a target, which may be looked at after every query.
///
/// A gambler bets on each recall, with stakes that depend on the past only: the wealth 1 is multiplied by
/// 1 + stake x (recall - target). If the true mean is not above the target, the wealth cannot be expected to grow, and it
/// ever reaches 1 / alpha with probability alpha at most (Ville 1939). So a fortune proves that the target is reached,
/// and a fortune made by bets on the contrary proves that it is not. Waudby-Smith and Ramdas, "Estimating means of
/// bounded random variables by betting", 2024.
struct RecallTest {
    enum Verdict: Sendable, Hashable {
        case reached
        case missed
        case open
    }

    let target: Double
    /// Probability that `reached` is said of a mean at or below the target, and likewise `missed` above it.
    let errorProbability: Double
    private(set) var recalls: [Double] = []

    private var logWealthAbove = 0.0
    private var logWealthBelow = 0.0
    private var sum = 0.0
    private var squareSum = 0.0

    init(target: Double, errorProbability: Double) {
        precondition(target > 0 && target < 1 && errorProbability > 0 && errorProbability < 1)
        self.target = target
        self.errorProbability = errorProbability
    }

    var verdict: Verdict {
        let fortune = -log(errorProbability)
        if logWealthAbove >= fortune { return .reached }
        return logWealthBelow >= fortune ? .missed : .open
    }

    var mean: Double { recalls.isEmpty ? 0 : sum / Double(recalls.count) }

    mutating func add(_ recall: Double) {
        let gain = recall - target
        logWealthAbove += log(1 + stake(towards: 1, atMost: 1 / target) * gain)
        logWealthBelow += log(1 - stake(towards: -1, atMost: 1 / (1 - target)) * gain)
        recalls.append(recall)
        sum += recall
        squareSum += recall * recall
    }

    /// About mean gain / mean squared gain, the stake at which wealth grows fastest, from what was seen before, with a
    /// prior of one middling recall. At most half of what can be lost.
    private func stake(towards sign: Double, atMost bound: Double) -> Double {
        let count = Double(recalls.count) + 1
        let prior = (1 + target) / 2
        let mean = (sum + prior) / count
        let square = (squareSum + prior * prior) / count
        let meanGain = sign * (mean - target)
        let squaredGain = square - 2 * target * mean + target * target
        guard meanGain > 0, squaredGain > 0 else { return 0 }
        return min(meanGain / squaredGain, bound / 2)
    }

    /// An interval that holds the mean with probability 1 - `errorProbability`, whatever the number of queries: the
    /// means that no bet refutes. O(queries x 1 / resolution).
    static func interval(of recalls: [Double], errorProbability: Double) -> ClosedRange<Double> {
        let steps = 1000
        func isRefuted(_ step: Int) -> Bool {
            var test = RecallTest(target: Double(step) / Double(steps), errorProbability: errorProbability / 2)
            for recall in recalls {
                test.add(recall)
                if test.verdict != .open { return true }
            }
            return false
        }
        let mean = recalls.isEmpty ? 0.5 : recalls.reduce(0, +) / Double(recalls.count)
        let middle = min(max(Int((mean * Double(steps)).rounded()), 1), steps - 1)
        let low = (1...middle).first { !isRefuted($0) } ?? middle
        let high = (middle..<steps).reversed().first { !isRefuted($0) } ?? middle
        return Double(low - 1) / Double(steps)...Double(high + 1) / Double(steps)
    }
}
