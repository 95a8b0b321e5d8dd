/// Recall on a logit axis against a value on a logarithmic one, as ann-benchmarks plots them.
///
/// Every setting is a faint marker with the interval of its recall; the best ones of a series are joined by a line.
struct RecallChart {
    /// What stands on the vertical axis.
    struct Quantity {
        enum Better {
            case more, less
        }

        let title: String
        let axis: String
        let better: Better
        let value: @Sendable (Measurement) -> Double?

        static let rate = Quantity(
            title: "Recall against queries per second", axis: "Queries per second (log scale)", better: .more,
            value: \.qps)
        static let distances = Quantity(
            title: "Recall against distance computations", axis: "Distances per query (log scale)", better: .less,
            value: \.distanceComputations)
    }

    private struct Line {
        let series: MeasurementSeries
        let style: SeriesStyle
        let points: [Measurement]
        let front: [Measurement]
    }

    let layout: ChartLayout
    let quantity: Quantity
    private let lines: [Line]
    private let recallAxis: ChartAxis
    private let valueAxis: ChartAxis

    init(_ series: [MeasurementSeries], quantity: Quantity = .rate, layout: ChartLayout = .wide) {
        self.layout = layout
        self.quantity = quantity
        let sign = quantity.better == .more ? 1.0 : -1
        lines = series.enumerated().map { number, series in
            let points = series.measurements.filter { $0.recall != nil && (quantity.value($0) ?? 0) > 0 }
                .filter { quantity.value($0)!.isFinite }
            return Line(
                series: series, style: SeriesStyle(number: number), points: points,
                front: series.front(of: points) { sign * quantity.value($0)! })
        }
        let points = lines.flatMap(\.points)
        recallAxis = ChartAxis.recall(points.compactMap(\.recall), from: layout.left + 12, to: layout.right - 12)
        valueAxis = ChartAxis.logarithmic(
            points.compactMap(quantity.value), from: layout.bottom - 12, to: layout.top + 12)
    }

    var isEmpty: Bool { lines.allSatisfy(\.points.isEmpty) }

    func render(id: String) -> String {
        Markup.drawing(
            id: id, width: layout.width, height: layout.height, title: quantity.title, description: description,
            content)
    }

    /// What is drawn, without the element around it.
    var content: String {
        grid + lines.map(curve).joined() + lines.map(markers).joined() + layout.names(lines.compactMap(name))
    }

    var description: String {
        let ends = lines.compactMap { line -> String? in
            guard let first = line.front.first, let last = line.front.last else { return nil }
            return "\(line.series.label) from \(text(first)) to \(text(last))"
        }
        let hint = quantity.better == .more ? "Up and to the right is better. " : "Down and to the right is better. "
        return hint + ends.joined(separator: "; ") + "."
    }

    private var grid: String {
        let vertical = recallAxis.ticks.map { tick in
            let x = recallAxis.position(tick.value)
            return Markup.line(x, layout.top, x, layout.bottom, style: "grid")
        }
        let recalls = recallAxis.readableTicks(letterWidth: ChartLayout.letterWidth).map { tick in
            Markup.label(tick.label, x: recallAxis.position(tick.value), y: layout.bottom + 20, anchor: "middle")
        }
        let horizontal = valueAxis.ticks.map { tick in
            let y = valueAxis.position(tick.value)
            return Markup.line(layout.left, y, layout.right, y, style: "grid")
                + Markup.label(tick.label, x: layout.left - 8, y: y + 4, anchor: "end")
        }
        let names =
            Markup.label(
                "Recall (logit scale)", x: (layout.left + layout.right) / 2, y: layout.height - 10,
                anchor: "middle", style: "name") + Markup.label(quantity.axis, x: 0, y: 14, style: "name")
        return (vertical + recalls + horizontal).joined() + names
    }

    private func curve(_ line: Line) -> String {
        guard line.front.count > 1 else { return "" }
        let points = line.front.map { "\(Markup.number(x($0))),\(Markup.number(y($0)))" }.joined(separator: " ")
        return Markup.empty(
            "polyline",
            ["class": "front \(line.style.colourClass)", "points": points, "stroke-dasharray": line.style.dash])
    }

    private func markers(_ line: Line) -> String {
        line.points.map { measurement in
            let isBest = line.front.contains(measurement)
            return interval(measurement, line.style)
                + line.style.marker(
                    x: x(measurement), y: y(measurement), size: isBest ? 4.5 : 3,
                    style: isBest ? "best" : "other",
                    title: "\(line.series.label), \(ReportTable.search(measurement)): \(text(measurement))")
        }.joined()
    }

    private func name(_ line: Line) -> ChartLayout.Name? {
        line.front.last.map {
            ChartLayout.Name(text: line.series.shortLabel, style: line.style, x: x($0), y: y($0))
        }
    }

    private func interval(_ measurement: Measurement, _ style: SeriesStyle) -> String {
        guard let low = measurement.recallLow, let high = measurement.recallHigh else { return "" }
        return Markup.line(
            recallAxis.position(low), y(measurement), recallAxis.position(high), y(measurement),
            style: "interval \(style.colourClass)")
    }

    private func x(_ measurement: Measurement) -> Double { recallAxis.position(measurement.recall!) }
    private func y(_ measurement: Measurement) -> Double { valueAxis.position(quantity.value(measurement)!) }

    private func text(_ measurement: Measurement) -> String {
        let unit = quantity.better == .more ? "queries per second" : "distances per query"
        return "recall \(ReportTable.recall(measurement)), \(ReportTable.number(quantity.value(measurement))) \(unit)"
    }
}
