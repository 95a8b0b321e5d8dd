/// Recall on a logit axis against queries per second on a logarithmic one, as ann-benchmarks plots them.
///
/// Every setting is a faint marker with the interval of its recall; the best ones of a series are joined by a line.
struct RecallChart {
    let series: [MeasurementSeries]
    private let recallAxis: ChartAxis
    private let rateAxis: ChartAxis

    static let width = 640.0
    static let height = 430.0
    private static let left = 72.0
    private static let right = 620.0
    private static let top = 26.0
    private static let bottom = 372.0
    /// The widest letters of a label, those of the phone layout.
    static let letterWidth = 8.5

    init(_ series: [MeasurementSeries]) {
        self.series = series
        let points = series.flatMap(\.plotted)
        recallAxis = ChartAxis.recall(
            points.compactMap(\.recall), from: RecallChart.left + 12, to: RecallChart.right - 12)
        rateAxis = ChartAxis.logarithmic(
            points.compactMap(\.qps), from: RecallChart.bottom - 12, to: RecallChart.top + 12)
    }

    func render(id: String) -> String {
        Markup.drawing(
            id: id, width: RecallChart.width, height: RecallChart.height,
            title: "Recall against queries per second", description: description, content)
    }

    /// What is drawn, without the element around it.
    var content: String {
        let lines = series.enumerated().map { line($1, SeriesStyle(number: $0)) }.joined()
        let points = series.enumerated().map { markers($1, SeriesStyle(number: $0)) }.joined()
        return grid + lines + points
    }

    var description: String {
        let ends = series.compactMap { series -> String? in
            guard let first = series.pareto.first, let last = series.pareto.last else { return nil }
            return "\(series.label) from \(point(first)) to \(point(last))"
        }
        return "Up and to the right is better. " + ends.joined(separator: "; ") + "."
    }

    private var grid: String {
        let vertical = recallAxis.ticks.map { tick in
            let x = recallAxis.position(tick.value)
            return Markup.line(x, RecallChart.top, x, RecallChart.bottom, style: "grid")
        }
        let recalls = recallAxis.readableTicks(letterWidth: RecallChart.letterWidth).map { tick in
            Markup.label(
                tick.label, x: recallAxis.position(tick.value), y: RecallChart.bottom + 20, anchor: "middle")
        }
        let horizontal = rateAxis.ticks.map { tick in
            let y = rateAxis.position(tick.value)
            return Markup.line(RecallChart.left, y, RecallChart.right, y, style: "grid")
                + Markup.label(tick.label, x: RecallChart.left - 8, y: y + 4, anchor: "end")
        }
        let names =
            Markup.label(
                "Recall (logit scale)", x: (RecallChart.left + RecallChart.right) / 2,
                y: RecallChart.height - 10,
                anchor: "middle", style: "name")
            + Markup.label("Queries per second (log scale)", x: 0, y: 16, style: "name")
        return (vertical + recalls + horizontal).joined() + names
    }

    private func line(_ series: MeasurementSeries, _ style: SeriesStyle) -> String {
        let front = series.pareto
        guard front.count > 1 else { return "" }
        let points = front.map { "\(Markup.number(x($0))),\(Markup.number(y($0)))" }.joined(separator: " ")
        return Markup.empty(
            "polyline",
            ["class": "front \(style.colourClass)", "points": points, "stroke-dasharray": style.dash])
    }

    private func markers(_ series: MeasurementSeries, _ style: SeriesStyle) -> String {
        let front = series.pareto
        return series.plotted.map { measurement in
            let isBest = front.contains(measurement)
            return interval(measurement, style)
                + style.marker(
                    x: x(measurement), y: y(measurement), size: isBest ? 5 : 3.5,
                    style: isBest ? "best" : "other",
                    title: "\(series.label), \(ReportTable.search(measurement)): \(point(measurement))")
        }.joined()
    }

    private func interval(_ measurement: Measurement, _ style: SeriesStyle) -> String {
        guard let low = measurement.recallLow, let high = measurement.recallHigh else { return "" }
        return Markup.line(
            recallAxis.position(low), y(measurement), recallAxis.position(high), y(measurement),
            style: "interval \(style.colourClass)")
    }

    private func x(_ measurement: Measurement) -> Double { recallAxis.position(measurement.recall!) }
    private func y(_ measurement: Measurement) -> Double { rateAxis.position(measurement.qps!) }

    private func point(_ measurement: Measurement) -> String {
        "recall \(ReportTable.recall(measurement)), \(ReportTable.number(measurement.qps)) queries per second"
    }
}
