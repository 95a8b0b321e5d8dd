/// Maps values to a stretch of a drawing.
struct ChartAxis {
    struct Tick: Equatable {
        let value: Double
        let label: String
    }

    /// The scaled ends of the values.
    private let low: Double
    private let high: Double
    private let start: Double
    private let end: Double
    private let scale: @Sendable (Double) -> Double
    let ticks: [Tick]

    /// The place of a value; values beyond the ends are put at the ends.
    func position(_ value: Double) -> Double {
        let share = (min(high, max(low, scale(value))) - low) / (high - low)
        return start + share * (end - start)
    }

    // MARK: Recall

    private static let recallTicks = [0.01, 0.1, 0.3, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999]
    /// A recall of 1 has no logit: it gets a place of its own behind 0.9999.
    private static let recallForOne = 0.99997

    /// The logit of recall, so that each halving of the error takes about the same room.
    ///
    /// Begins at the last tick below all values, at 0.8 at the latest.
    static func recall(_ values: [Double], from start: Double, to end: Double) -> ChartAxis {
        let smallest = min(values.min() ?? 0.8, 0.8)
        let first = recallTicks.last { $0 <= smallest } ?? recallTicks[0]
        let shown = recallTicks.filter { $0 >= first }.map { Tick(value: $0, label: "\($0)") }
        return ChartAxis(
            low: logit(first), high: logit(recallForOne), start: start, end: end, scale: logit,
            ticks: shown + [Tick(value: 1, label: "1")])
    }

    @Sendable private static func logit(_ recall: Double) -> Double {
        let inside = min(recallForOne, max(0.001, recall))
        return naturalLogarithm(inside / (1 - inside))
    }

    // MARK: Logarithmic

    /// Powers of ten, with 2 and 5 between them when there are few.
    static func logarithmic(_ values: [Double], from start: Double, to end: Double) -> ChartAxis {
        let positive = values.filter { $0 > 0 && $0.isFinite }
        let (least, most) = (positive.min() ?? 1, positive.max() ?? 10)
        let decades = naturalLogarithm(most / least) / naturalLogarithm(10)
        let steps: [Double] = decades > 3 ? [1] : [1, 2, 5]
        let firstDecade = Int((naturalLogarithm(least) / naturalLogarithm(10)).rounded(.down))
        let lastDecade = Int((naturalLogarithm(most) / naturalLogarithm(10)).rounded(.up))
        let candidates = (firstDecade...lastDecade + 1).flatMap { decade in
            steps.map { $0 * power(10, Double(decade)) }
        }
        let first = candidates.last { $0 <= least * 1.0001 } ?? candidates[0]
        let last =
            candidates.first { $0 >= most * 0.9999 && $0 > first * 1.0001 }
            ?? candidates[candidates.count - 1]
        let shown = candidates.filter { $0 >= first && $0 <= last }
        return ChartAxis(
            low: naturalLogarithm(first), high: naturalLogarithm(last), start: start, end: end,
            scale: { naturalLogarithm(max($0, 1e-300)) },
            ticks: shown.map { Tick(value: $0, label: tickText($0)) })
    }

    private static func tickText(_ value: Double) -> String {
        if value >= 1 { return NumberText.grouped(value) }
        return NumberText.fixed(value, value >= 0.09 ? 1 : (value >= 0.009 ? 2 : 4))
    }

    /// The ticks whose labels do not run into each other when each letter is `letterWidth` wide.
    func readableTicks(letterWidth: Double) -> [Tick] {
        var shown: [Tick] = []
        // The last tick is always kept, since the right end carries the meaning.
        for tick in ticks.reversed() {
            guard let neighbour = shown.last else {
                shown.append(tick)
                continue
            }
            let room = abs(position(neighbour.value) - position(tick.value))
            let needed = Double(neighbour.label.count + tick.label.count) / 2 * letterWidth + 4
            if room >= needed { shown.append(tick) }
        }
        return shown.reversed()
    }
}
