/// The latency of each setting on a logarithmic axis: p50 as a circle, p95 as a bar, p99 as a triangle.
struct LatencyChart {
    private struct Row {
        let label: String
        /// The label cut to the width of the drawing; the setting itself stays whole.
        let name: String
        let style: SeriesStyle
        let p50: Double
        let p95: Double
        let p99: Double
    }

    private let rows: [Row]
    private let axis: ChartAxis
    /// Whether only one setting of each series is shown because there are too many.
    let isAbridged: Bool

    private let layout: ChartLayout
    private static let rowHeight = 42.0
    private static let left = 14.0
    private static let mostRows = 16

    init(_ series: [MeasurementSeries], layout: ChartLayout) {
        self.layout = layout
        let all = LatencyChart.rows(series, layout) { $0.measurements }
        isAbridged = all.count > LatencyChart.mostRows
        rows = isAbridged ? LatencyChart.rows(series, layout) { [$0.typical].compactMap { $0 } } : all
        axis = ChartAxis.logarithmic(
            rows.flatMap { [$0.p50, $0.p99] }, from: LatencyChart.left, to: layout.width - LatencyChart.left)
    }

    var isEmpty: Bool { rows.isEmpty }

    private static func rows(
        _ series: [MeasurementSeries], _ layout: ChartLayout, _ settings: (MeasurementSeries) -> [Measurement]
    ) -> [Row] {
        series.enumerated().flatMap { number, series in
            settings(series).compactMap { measurement in
                guard let p50 = measurement.latencyP50Microseconds,
                    let p95 = measurement.latencyP95Microseconds,
                    let p99 = measurement.latencyP99Microseconds, p50 > 0, p95 > 0, p99 > 0
                else { return nil }
                let recall = measurement.recall.map { ", recall \(NumberText.fixed($0, 4))" } ?? ""
                let setting = ", \(ReportTable.search(measurement))\(recall)"
                let room = max(12, Int(layout.width / ChartLayout.letterWidth) - setting.count)
                return Row(
                    label: series.label + setting, name: Markup.shortened(series.shortLabel, to: room) + setting,
                    style: SeriesStyle(number: number), p50: p50, p95: p95, p99: p99)
            }
        }
    }

    func render(id: String) -> String {
        let bottom = Double(rows.count) * LatencyChart.rowHeight
        let content =
            grid(bottom: bottom)
            + rows.enumerated().map { row($1, y: Double($0) * LatencyChart.rowHeight) }
            .joined()
        let description = rows.map { "\($0.label): \(text($0))" }.joined(separator: "; ")
        return Markup.drawing(
            id: id, width: layout.width, height: bottom + 52, title: "Latency percentiles per setting",
            description: description, content)
    }

    private func grid(bottom: Double) -> String {
        let ticks = axis.readableTicks(letterWidth: ChartLayout.letterWidth).map { tick in
            let x = axis.position(tick.value)
            return Markup.line(x, 0, x, bottom, style: "grid")
                + Markup.label(tick.label, x: x, y: bottom + 20, anchor: "middle")
        }
        return ticks.joined()
            + Markup.label(
                "Microseconds (log scale)", x: layout.width / 2, y: bottom + 44, anchor: "middle",
                style: "name")
    }

    private func row(_ row: Row, y: Double) -> String {
        let place = y + 29
        let (p50, p95, p99) = (axis.position(row.p50), axis.position(row.p95), axis.position(row.p99))
        let marks =
            Markup.line(p50, place, p99, place, style: "range \(row.style.colourClass)")
            + Markup.empty(
                "circle",
                [
                    "class": "best \(row.style.colourClass)", "cx": Markup.number(p50),
                    "cy": Markup.number(place),
                    "r": "5",
                ])
            + Markup.line(p95, place - 7, p95, place + 7, style: "range \(row.style.colourClass)")
            + Markup.empty(
                "polygon",
                [
                    "class": "best \(row.style.colourClass)",
                    "points": [(0.0, -6.0), (6, 5), (-6, 5)].map {
                        "\(Markup.number(p99 + $0.0)),\(Markup.number(place + $0.1))"
                    }.joined(separator: " "),
                ])
        let title = Markup.element("title", [:], Markup.text("\(row.label): \(text(row))"))
        return Markup.element(
            "g", [:], title + Markup.label(row.name, x: 0, y: y + 15, style: "label backed") + marks)
    }

    private func text(_ row: Row) -> String {
        "p50 \(NumberText.short(row.p50)), p95 \(NumberText.short(row.p95)), p99 \(NumberText.short(row.p99)) us"
    }
}
