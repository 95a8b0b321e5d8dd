import Apus
import Common

/// Finds the search parameters that are worth measuring: doubles them one at a time, always the one that gains most
/// recall, until no doubling gains more than `gainWorthTwice`, or nothing is missing.
///
/// A greedy ascent: with one parameter it is the usual doubling, with several (such as nprobe and reorder_k) it follows
/// the ridge between them and leaves out the grid around it.
struct SearchSweep {
    /// A parameter to double.
    struct Axis: Equatable {
        let name: String
        let start: Int
        /// The largest value that can make a difference.
        let end: Int
    }

    /// A setting with the recall that a first look at it gave.
    struct Trial: Equatable {
        let values: [Int]
        let recall: Double
    }

    let axes: [Axis]

    /// Recall that is worth searching for twice as long.
    static let gainWorthTwice = 0.002
    /// Above it nothing is left to find.
    static let enough = 0.999
    /// Settings of the curve that lie farther apart than this get one between them.
    static let widestGap = 0.04

    /// - Parameter recall: of a setting, its values in the order of the axes.
    /// - Returns: the settings from the cheapest to the one that finds most.
    func run(_ recall: ([Int]) throws -> Double) throws -> [Trial] {
        var path = [try trial(axes.map(\.start), recall)]
        while let last = path.last, last.recall < Self.enough, let next = try step(from: last, recall) {
            path.append(next)
        }
        return try refined(path, recall)
    }

    private func trial(_ values: [Int], _ recall: ([Int]) throws -> Double) throws -> Trial {
        Trial(values: values, recall: try recall(values))
    }

    /// The best doubling of one parameter; of all together, where none alone gains enough.
    private func step(from last: Trial, _ recall: ([Int]) throws -> Double) throws -> Trial? {
        let single = try axes.indices.compactMap { axis in
            try doubled(last.values, [axis]).map { try trial($0, recall) }
        }
        if let best = best(of: single), isWorthIt(best, after: last) { return best }
        guard axes.count > 1, let all = doubled(last.values, Array(axes.indices)) else { return nil }
        let joint = try trial(all, recall)
        return isWorthIt(joint, after: last) ? joint : nil
    }

    private func best(of trials: [Trial]) -> Trial? {
        trials.max { $0.recall < $1.recall }
    }

    private func isWorthIt(_ trial: Trial, after last: Trial) -> Bool {
        trial.recall - last.recall > Self.gainWorthTwice
    }

    /// nil if none of the parameters can grow.
    private func doubled(_ values: [Int], _ chosen: [Int]) -> [Int]? {
        var result = values
        for axis in chosen { result[axis] = min(values[axis] * 2, max(values[axis], axes[axis].end)) }
        return result == values ? nil : result
    }

    /// Puts the geometric middle between neighbours whose recalls are far apart.
    private func refined(_ path: [Trial], _ recall: ([Int]) throws -> Double) throws -> [Trial] {
        var result = Array(path.prefix(1))
        for (low, high) in zip(path, path.dropFirst()) {
            let middle = zip(low.values, high.values).map { low, high in
                Int((Double(low) * Double(high)).squareRoot().rounded())
            }
            if high.recall - low.recall > Self.widestGap, middle != low.values, middle != high.values {
                result.append(try trial(middle, recall))
            }
            result.append(high)
        }
        return result
    }
}

extension SearchSweep {
    /// The axes of an index type: what decides how much it looks at.
    init(_ definition: IndexDefinition, rows: Int, k: Int) {
        axes = definition.type.searchParameters.compactMap { rule in
            guard let limits = Self.limits(of: rule.name, definition, rows: rows, k: k) else { return nil }
            return Axis(name: rule.name, start: limits.lowerBound, end: limits.upperBound)
        }
    }

    private static func limits(
        of name: String, _ definition: IndexDefinition, rows: Int, k: Int
    ) -> ClosedRange<Int>? {
        switch name {
        case "nprobe": 1...max(1, lists(of: definition))
        case "ef" where definition.type == .autoIndex: nil
        case "ef", "search_list": k...max(k, rows)
        case "reorder_k": 2 * k...max(2 * k, rows)
        case "refine_k" where isRefined(definition): 1...max(1, rows / max(1, k))
        case "level": 1...10
        default: nil
        }
    }

    private static func lists(of definition: IndexDefinition) -> Int {
        guard case .integer(let lists)? = definition.parameters["nlist"] else { return 65_536 }
        return lists
    }

    /// Without exact vectors to compare by, more candidates change nothing.
    private static func isRefined(_ definition: IndexDefinition) -> Bool {
        definition.parameters["refine"] == .boolean(true)
    }

    /// A setting as it is typed.
    func list(_ values: [Int]) -> ParameterList {
        ParameterList(zip(axes, values).map { ParameterList.Entry($0.name, "\($1)") })
    }
}
