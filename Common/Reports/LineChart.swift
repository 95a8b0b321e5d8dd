/// Values over steps that follow each other: commits, numbers of clients.
struct LineChart {
    struct Series {
        let label: String
        let style: SeriesStyle
        /// Step and value.
        let points: [(step: Int, value: Double)]
    }

    let title: String
    let stepsName: String
    let valuesName: String
    let steps: [String]
    let series: [Series]
    let layout: ChartLayout
    /// How values are put on their axis.
    var values = Values.logarithmic

    enum Values {
        case logarithmic, recall
    }

    private var axis: ChartAxis {
        let all = series.flatMap { $0.points.map(\.value) }
        let (from, to) = (layout.bottom - 12, layout.top + 12)
        return values == .recall
            ? ChartAxis.recall(all, from: from, to: to) : ChartAxis.logarithmic(all, from: from, to: to)
    }

    private func x(_ step: Int) -> Double {
        let (from, to) = (layout.left + 24, layout.right - 24)
        guard steps.count > 1 else { return (from + to) / 2 }
        return from + (to - from) * Double(step) / Double(steps.count - 1)
    }

    func render(id: String) -> String {
        Markup.drawing(
            id: id, width: layout.width, height: layout.height, title: title, description: description, content)
    }

    /// What is drawn, without a frame.
    var content: String {
        let axis = axis
        let lines = series.map { line($0, axis) }.joined()
        let names = layout.names(
            series.compactMap { series in
                series.points.last.map {
                    ChartLayout.Name(
                        text: series.label, style: series.style, x: x($0.step), y: axis.position($0.value))
                }
            })
        return grid(axis) + lines + names
    }

    var description: String {
        series.map { series in
            let points = series.points.map { "\(steps[$0.step]) \(NumberText.short($0.value))" }
            return "\(series.label): \(points.joined(separator: ", "))"
        }.joined(separator: "; ")
    }

    private func grid(_ axis: ChartAxis) -> String {
        let horizontal = axis.ticks.map { tick in
            let y = axis.position(tick.value)
            return Markup.line(layout.left, y, layout.right, y, style: "grid")
                + Markup.label(tick.label, x: layout.left - 8, y: y + 4, anchor: "end")
        }
        let longest = Double(steps.map(\.count).max() ?? 1) * ChartLayout.letterWidth + 8
        let room = steps.count > 1 ? x(1) - x(0) : layout.right
        let every = max(1, Int((longest / room).rounded(.up)))
        let labels = steps.enumerated().filter { (steps.count - 1 - $0.offset) % every == 0 }.map { step, text in
            Markup.label(text, x: x(step), y: layout.bottom + 20, anchor: "middle")
        }
        let names =
            Markup.label(
                stepsName, x: (layout.left + layout.right) / 2, y: layout.height - 10, anchor: "middle",
                style: "name") + Markup.label(valuesName, x: 0, y: 14, style: "name")
        return (horizontal + labels).joined() + names
    }

    private func line(_ series: Series, _ axis: ChartAxis) -> String {
        let places = series.points.map { (x: x($0.step), y: axis.position($0.value)) }
        let points = places.map { "\(Markup.number($0.x)),\(Markup.number($0.y))" }.joined(separator: " ")
        let markers = zip(series.points, places).map { point, place in
            series.style.marker(
                x: place.x, y: place.y, size: 4.5, style: "best",
                title: "\(series.label), \(steps[point.step]): \(NumberText.short(point.value))")
        }
        return Markup.empty(
            "polyline",
            ["class": "front \(series.style.colourClass)", "points": points, "stroke-dasharray": series.style.dash])
            + markers.joined()
    }
}
