/// Share of permitted rows against recall, and against speed as a part of that without a filter, as one SVG file.
///
/// What there is to see is a valley: shares between those that are scanned and those that are walked, where a database
/// is slow or finds little.
public enum FilterPicture {
    private static let titleHeight = 34.0

    /// - Parameter results: of the case `filter`; others are left out.
    public static func render(_ results: [CaseResult], title: String) -> String {
        let states = results.filter { $0.name == "filter" }.flatMap { result in
            (result.json["states"]?.arrayValue ?? []).map { (label: result.indexLabel, state: $0) }
        }
        let shares = Set(states.compactMap { $0.state["share"]?.doubleValue }).sorted()
        let charts = [
            chart("recall", "recall", .recall, states, shares),
            chart("qps_ratio", "queries per second, of those without a filter", .logarithmic, states, shares),
        ]
        let height = titleHeight + Double(charts.count) * ChartLayout.wide.height
        let content =
            Markup.element("style", [:], Markup.text(HTMLStyle.sheet + "svg { font-family: sans-serif; }"))
            + Markup.empty("rect", ["width": "100%", "height": "100%", "fill": "var(--page)"])
            + Markup.label(title, x: 8, y: 22, style: "label") + stacked(charts)
        return Markup.drawing(
            id: "filter", width: ChartLayout.wide.width, height: height, title: title,
            description: charts.map(\.description).joined(separator: "; "), content) + "\n"
    }

    private static func stacked(_ charts: [LineChart]) -> String {
        charts.enumerated().map { number, chart in
            let y = titleHeight + Double(number) * ChartLayout.wide.height
            return Markup.element("g", ["transform": "translate(0 \(Markup.number(y)))"], chart.content)
        }.joined()
    }

    private static func chart(
        _ member: String, _ name: String, _ values: LineChart.Values, _ states: [(label: String, state: JSONValue)],
        _ shares: [Double]
    ) -> LineChart {
        var labels: [String] = []
        var points: [String: [(step: Int, value: Double)]] = [:]
        for (index, state) in states {
            guard let share = state["share"]?.doubleValue, let value = state[member]?.doubleValue,
                let step = shares.firstIndex(of: share)
            else { continue }
            let label = "\(state["correlation"]?.stringValue ?? "") \(index)"
            if points[label] == nil { labels.append(label) }
            points[label, default: []].append((step, value))
        }
        let series = labels.enumerated().map { number, label in
            LineChart.Series(label: label, style: SeriesStyle(number: number), points: points[label]!)
        }
        return LineChart(
            title: name, stepsName: "permitted rows, %", valuesName: name,
            steps: shares.map { NumberText.short($0 * 100) }, series: series, layout: .wide, values: values)
    }
}
