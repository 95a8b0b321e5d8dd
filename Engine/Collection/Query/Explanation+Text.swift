extension Explanation: CustomStringConvertible {
    /// For people: one line about the search, then a few for each segment.
    public var description: String { lines.joined(separator: "\n") }

    private var lines: [String] {
        var lines = ["search by \(indexType.rawValue), \(metric.rawValue), limit \(limit)"]
        if let filter { lines.append("filter: \(filter)") }
        if !parameters.isEmpty {
            let settings = parameters.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
            lines.append("parameters: " + settings.joined(separator: ", "))
        }
        if let recall {
            lines.append(
                "recall promised: \(recall.target); calibrated mean \(Self.rounded(recall.mean)), "
                    + "\(Self.rounded(recall.interval.lowerBound)) to \(Self.rounded(recall.interval.upperBound)) "
                    + "with confidence \(recall.confidence), \(recall.queryCount) queries")
        }
        if let analysis {
            lines.append(
                "measured: recall \(Self.rounded(analysis.recall)), \(Self.time(analysis.nanoseconds)) a query, "
                    + "\(analysis.missingHits) hits of the exact answer missing")
        }
        return lines + segments.flatMap(\.lines)
    }

    fileprivate static func rounded(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }

    fileprivate static func time(_ nanoseconds: Double) -> String {
        nanoseconds < 1e6
            ? "\((nanoseconds / 100).rounded() / 10) us" : "\((nanoseconds / 1e5).rounded() / 10) ms"
    }

    fileprivate static func percent(_ share: Double) -> String { "\((share * 1e4).rounded() / 100) %" }
}

extension SegmentExplanation {
    fileprivate var lines: [String] {
        let share = rows == 0 ? 1 : Double(permittedRows) / Double(rows)
        let kind = isIndexed ? "" : ", without index"
        var lines = [
            "segment \(identifier): \(rows) rows, \(liveRows) alive, \(permittedRows) permitted "
                + "(\(Explanation.percent(share)))\(kind)"
        ]
        for cost in plan.alternatives {
            let mark = cost.strategy == plan.chosen ? "takes" : "leaves"
            let expected = cost.nanoseconds > 0 ? ", expected \(Explanation.time(cost.nanoseconds))" : ""
            lines.append("  \(mark) \(cost.strategy.rawValue)\(expected)")
        }
        guard let statistics, let nanoseconds else { return lines }
        lines.append(
            "  took \(Explanation.time(nanoseconds)) a query: \(statistics.distanceComputations) distances, "
                + "\(statistics.nodesExpanded) nodes expanded, \(statistics.nodesBridged) passed through")
        let used = statistics.strategies.used.map { "\($0.strategy.rawValue) \($0.queries)" }
        if !used.isEmpty { lines.append("  queries answered by " + used.joined(separator: ", ")) }
        if statistics.walksDropped > 0 {
            lines.append("  \(statistics.walksDropped) walks were given up for a scan")
        }
        return lines
    }
}
