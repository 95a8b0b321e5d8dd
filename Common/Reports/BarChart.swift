/// One horizontal bar per index, as a list: names, bars and values find their places on a page of any width.
struct BarChart {
    struct Bar {
        let label: String
        let style: SeriesStyle
        /// Nil when it was not measured.
        let value: Double?
        /// The value with its unit, or why there is none.
        let text: String
    }

    let bars: [Bar]

    func render() -> String {
        let largest = bars.compactMap(\.value).max() ?? 0
        return Markup.element("ul", ["class": "bars"], bars.map { row($0, largest: largest) }.joined())
    }

    private func row(_ bar: Bar, largest: Double) -> String {
        let name = Markup.element("span", ["class": "bar-name"], Markup.text(bar.label))
        let text = Markup.element(
            "span", ["class": bar.value == nil ? "bar-text missing" : "bar-text"], Markup.text(bar.text))
        guard let value = bar.value else { return Markup.element("li", [:], name + text) }
        let share = largest > 0 ? max(0.5, value / largest * 100) : 0.5
        let rectangle = Markup.element(
            "span",
            [
                "class": "bar \(bar.style.colourClass)", "style": "width: \(Markup.number(share))%",
                "aria-hidden": "true",
            ],
            "")
        return Markup.element(
            "li", [:], name + Markup.element("span", ["class": "bar-track"], rectangle) + text)
    }

    /// The builds of a data set: each index once, however many ways it was searched.
    static func builds(
        _ series: [MeasurementSeries], value: (Measurement) -> Double?, text: (Double) -> String
    ) -> BarChart {
        var seen = Set<String>()
        let bars = series.enumerated().compactMap { number, series -> Bar? in
            guard seen.insert(series.indexLabel).inserted else { return nil }
            let measured = series.measurements.compactMap(value).first { $0.isFinite }
            let reason = series.measurements.compactMap(\.reason).first
            let missing = ReportTable.missing + (reason.map { ": \(Markup.shortened($0, to: 90))" } ?? "")
            return Bar(
                label: series.indexLabel, style: SeriesStyle(number: number), value: measured,
                text: measured.map(text) ?? missing)
        }
        return BarChart(bars: bars)
    }
}
