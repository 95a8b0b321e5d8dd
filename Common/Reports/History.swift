/// The rate of each index at one recall, over commits.
public struct History: Sendable {
    struct Point: Equatable {
        let commit: Int
        let rate: Double
    }

    /// One index on one machine.
    struct Series {
        let label: String
        let machine: String
        let points: [Point]
    }

    public let recall: Double
    /// Oldest first.
    let commits: [String]
    let series: [Series]
    let machines: [String]

    private struct Key: Hashable {
        let label: String
        let machine: String
    }

    /// - Parameter measurements: those without commit, recall or rate are left out. Commits are ordered by their first
    ///   measurement; files from before times were recorded come first, in their order.
    public init(_ measurements: [Measurement], recall: Double) {
        self.recall = recall
        let dated = measurements.enumerated().filter { $0.element.commit != nil }.sorted {
            ($0.element.measuredAt ?? "", $0.offset) < ($1.element.measuredAt ?? "", $1.offset)
        }.map(\.element)
        let commits = ReportContent.distinct(dated.map { $0.commit! })
        let showsData = Set(dated.map(\.dataset)).count > 1
        let showsMode = Set(dated.map { "\($0.mode) \($0.threads) \($0.k)" }).count > 1
        var order: [Key] = []
        var groups: [Key: [Measurement]] = [:]
        for measurement in dated {
            let details = showsMode ? ", \(measurement.mode), \(measurement.threads) threads, k = \(measurement.k)" : ""
            let label =
                (showsData ? "\(measurement.dataset): " : "") + measurement.indexSpecification.description + details
            let key = Key(label: label, machine: measurement.machine)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(measurement)
        }
        let all = order.map { key in
            let points = commits.enumerated().compactMap { number, commit -> Point? in
                let own = groups[key]!.filter { $0.commit == commit }
                return History.rate(of: own, at: recall).map { Point(commit: number, rate: $0) }
            }
            return Series(label: key.label, machine: key.machine, points: points)
        }
        series = all.filter { !$0.points.isEmpty }
        self.commits = commits
        machines = ReportContent.distinct(series.map(\.machine))
    }

    /// The rate at a recall: between the two settings of the front around it, straight on the logarithm of the rate and the
    /// logit of the recall; that of the slowest reaching one where nothing lies below. Nil where nothing reaches it.
    static func rate(of measurements: [Measurement], at recall: Double) -> Double? {
        guard let front = MeasurementSeries.group(measurements).first?.pareto else { return nil }
        guard let above = front.firstIndex(where: { $0.recall! >= recall }) else { return nil }
        let upper = front[above]
        guard above > 0, upper.recall! < 1, upper.recall! > recall else { return upper.qps }
        let lower = front[above - 1]
        let share = (logit(recall) - logit(lower.recall!)) / (logit(upper.recall!) - logit(lower.recall!))
        let (from, to) = (naturalLogarithm(lower.qps!), naturalLogarithm(upper.qps!))
        return exponential(from + share * (to - from))
    }

    private static func logit(_ value: Double) -> Double {
        let inside = min(0.999999, max(0.000001, value))
        return naturalLogarithm(inside / (1 - inside))
    }

    /// The letter of a machine in legends, or nothing if there is one only.
    func mark(_ machine: String) -> String {
        guard machines.count > 1, let number = machines.firstIndex(of: machine) else { return "" }
        return " [\(number + 1)]"
    }

    static func short(_ commit: String) -> String { String(commit.prefix(8)) }

    /// Whether no measurement names its commit and reaches the recall.
    public var isEmpty: Bool { series.isEmpty }

    public var tableHeader: [String] { ["index", "machine"] + commits.map(History.short) }

    public var tableRows: [[String]] {
        series.map { series in
            [series.label, series.machine]
                + commits.indices.map { number in
                    series.points.first { $0.commit == number }.map { NumberText.short($0.rate) } ?? "-"
                }
        }
    }
}
