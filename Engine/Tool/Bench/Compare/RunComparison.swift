import Common

/// Two sets of measurements, setting by setting.
struct RunComparison {
    enum Verdict: String {
        case faster, slower
        case none = "no difference shown"
    }

    /// How the samples belong together.
    enum Pairing {
        /// All passes of one against all passes of the other.
        case independent
        /// The n-th run of one belongs to the n-th run of the other, which was made right before or after it.
        case runs
    }

    /// One setting in both.
    struct Row {
        let setting: Setting
        let baselineRate: Double
        let candidateRate: Double
        /// Median of the candidate over that of the baseline; above 1 the candidate is faster.
        let ratio: Double
        let low: Double?
        let high: Double?
        let confidence: Double?
        /// Cliff's delta, or the rank-biserial correlation of pairs.
        let effectSize: Double
        let pValue: Double
        let samples: (baseline: Int, candidate: Int)
        let verdict: Verdict
    }

    /// What must be equal for two measurements to be compared.
    struct Setting: Hashable, CustomStringConvertible {
        let dataset: String
        let rows: Int
        let k: Int
        let metric: String?
        let index: String
        let search: ParameterList
        let mode: String
        let threads: Int

        init(_ measurement: Measurement) {
            dataset = measurement.dataset
            rows = measurement.rows
            k = measurement.k
            metric = measurement.metric
            index = measurement.indexSpecification.description
            search = measurement.searchParameters
            mode = measurement.mode
            threads = measurement.threads
        }

        var description: String {
            [dataset, index, search.description, mode, threads == 1 ? "" : "\(threads) threads"]
                .filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    /// Recall of one setting in both.
    struct RecallRow {
        let setting: Setting
        let baseline: Measurement
        let candidate: Measurement

        var difference: Double { candidate.recall! - baseline.recall! }
        /// Whether the intervals do not meet, or every query was answered worse by more than rounding.
        var isBeyondIntervals: Bool {
            guard let low = baseline.recallLow, let high = candidate.recallHigh else { return false }
            return high < low
        }
    }

    /// Above it a difference may be chance.
    static let significance = 0.05

    let rows: [Row]
    let recalls: [RecallRow]
    /// Settings of one side only, or without samples, with the reason.
    let uncompared: [(setting: Setting, reason: String)]
    /// Those of both sides, if they are not the same.
    let differentMachines: [String]

    /// - Parameter noise: the share by which rates may differ without being called different.
    init(baseline: [Measurement], candidate: [Measurement], noise: Double, pairing: Pairing) {
        let old = Dictionary(grouping: baseline, by: Setting.init)
        let new = Dictionary(grouping: candidate, by: Setting.init)
        var order: [Setting] = []
        for setting in (baseline + candidate).map(Setting.init) where !order.contains(setting) { order.append(setting) }
        var rows: [Row] = []
        var recalls: [RecallRow] = []
        var uncompared: [(Setting, String)] = []
        for setting in order {
            let (before, after) = (old[setting] ?? [], new[setting] ?? [])
            if let reason = Self.obstacle(before, after, pairing) {
                uncompared.append((setting, reason))
                continue
            }
            rows.append(Self.row(setting, before, after, noise, pairing))
            if let first = before.first(where: { $0.recall != nil }),
                let last = after.first(where: { $0.recall != nil })
            {
                recalls.append(RecallRow(setting: setting, baseline: first, candidate: last))
            }
        }
        self.rows = rows
        self.recalls = recalls
        self.uncompared = uncompared
        let machines = (Set(baseline.map(\.machine)), Set(candidate.map(\.machine)))
        differentMachines = machines.0 == machines.1 ? [] : machines.0.union(machines.1).sorted()
    }

    private static func obstacle(_ before: [Measurement], _ after: [Measurement], _ pairing: Pairing) -> String? {
        if before.isEmpty { return "only in the second" }
        if after.isEmpty { return "only in the first" }
        for (side, runs) in [("first", before), ("second", after)] where rates(runs).isEmpty {
            return "not measured in the \(side): \(runs.compactMap(\.reason).first ?? "no reason is given")"
        }
        if let old = dataDigest(before), let new = dataDigest(after), old != new {
            return "measured on other data under the same name: digest \(old) and \(new)"
        }
        if pairing == .runs, before.count != after.count {
            return "\(before.count) runs in the first, \(after.count) in the second; pairs need as many"
        }
        return nil
    }

    private static func dataDigest(_ runs: [Measurement]) -> String? {
        runs.lazy.flatMap(\.others).first { $0.name == "data_digest" }?.value.stringValue
    }

    /// The rate of each pass of all runs.
    private static func rates(_ runs: [Measurement]) -> [Double] {
        runs.flatMap { run in run.qpsSamples.isEmpty ? [run.qps].compactMap { $0 } : run.qpsSamples }
            .filter { $0 > 0 && $0.isFinite }
    }

    private static func row(
        _ setting: Setting, _ before: [Measurement], _ after: [Measurement], _ noise: Double, _ pairing: Pairing
    ) -> Row {
        switch pairing {
        case .independent:
            let (old, new) = (rates(before), rates(after))
            let test = SampleComparison(baseline: old, candidate: new)
            return Row(
                setting: setting, baselineRate: Samples.median(of: old)!, candidateRate: Samples.median(of: new)!,
                ratio: test.medianRatio, low: test.low, high: test.high, confidence: test.confidence,
                effectSize: test.cliffsDelta, pValue: test.pValue, samples: (old.count, new.count),
                verdict: verdict(test.medianRatio, test.pValue, noise))
        case .runs:
            let (old, new) = (
                before.map { Samples.median(of: rates([$0]))! }, after.map { Samples.median(of: rates([$0]))! }
            )
            let test = PairedComparison(baseline: old, candidate: new)
            return Row(
                setting: setting, baselineRate: Samples.median(of: old)!, candidateRate: Samples.median(of: new)!,
                ratio: test.medianRatio, low: nil, high: nil, confidence: nil, effectSize: test.effectSize,
                pValue: test.pValue, samples: (old.count, new.count),
                verdict: verdict(test.medianRatio, test.pValue, noise))
        }
    }

    static func verdict(_ ratio: Double, _ pValue: Double, _ noise: Double) -> Verdict {
        guard pValue < significance else { return .none }
        if ratio < 1 - noise { return .slower }
        return ratio > 1 + noise ? .faster : .none
    }
}
