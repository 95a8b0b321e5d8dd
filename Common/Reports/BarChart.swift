/// One horizontal bar per index: the label stands above its bar, so that no label meets another.
struct BarChart {
    struct Bar {
        let label: String
        let style: SeriesStyle
        /// Nil when it was not measured.
        let value: Double?
        /// The value with its unit, or why there is none.
        let text: String
    }

    let title: String
    let bars: [Bar]

    private static let width = 640.0
    private static let rowHeight = 48.0
    /// Room behind the longest bar for its value.
    private static let longest = 470.0

    func render(id: String) -> String {
        let largest = bars.compactMap(\.value).max() ?? 0
        let rows = bars.enumerated().map { row($1, y: Double($0) * BarChart.rowHeight, largest: largest) }
        let description = bars.map { "\($0.label): \($0.text)" }.joined(separator: "; ")
        return Markup.drawing(
            id: id, width: BarChart.width, height: Double(bars.count) * BarChart.rowHeight + 4, title: title,
            description: description, rows.joined())
    }

    private func row(_ bar: Bar, y: Double, largest: Double) -> String {
        let name = Markup.label(Markup.shortened(bar.label, to: 60), x: 0, y: y + 16)
        guard let value = bar.value else {
            return name + Markup.label(bar.text, x: 0, y: y + 37, style: "missing")
        }
        let length = largest > 0 ? max(2, value / largest * BarChart.longest) : 2
        let rectangle = Markup.element(
            "rect",
            [
                "class": "bar \(bar.style.colourClass)", "x": "0", "y": Markup.number(y + 24),
                "width": Markup.number(length), "height": "16", "rx": "2",
            ], Markup.element("title", [:], Markup.text("\(bar.label): \(bar.text)")))
        return name + rectangle + Markup.label(bar.text, x: length + 8, y: y + 37, style: "value")
    }

    /// The builds of a data set: each index once, however many ways it was searched.
    static func builds(
        _ series: [MeasurementSeries], title: String, value: (Measurement) -> Double?,
        text: (Double) -> String
    ) -> BarChart {
        var seen = Set<String>()
        let bars = series.enumerated().compactMap { number, series -> Bar? in
            guard seen.insert(series.indexLabel).inserted else { return nil }
            let measured = series.measurements.compactMap(value).first { $0.isFinite }
            let reason = series.measurements.compactMap(\.reason).first
            let missing = ReportTable.missing + (reason.map { ": \(Markup.shortened($0, to: 50))" } ?? "")
            return Bar(
                label: series.indexLabel, style: SeriesStyle(number: number), value: measured,
                text: measured.map(text) ?? missing)
        }
        return BarChart(title: title, bars: bars)
    }
}
