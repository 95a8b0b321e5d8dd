/// Recall against queries per second as one SVG file that stands alone: for a page of documentation.
///
/// Readable on light and dark pages, with its title and legend inside.
public enum RecallPicture {
    private static let titleHeight = 34.0
    private static let legendRowHeight = 24.0

    /// - Parameter measurements: of one data set.
    public static func render(_ measurements: [Measurement], title: String) -> String {
        let series = MeasurementSeries.group(measurements)
        let chart = RecallChart(series)
        let height = titleHeight + ChartLayout.wide.height + legendRowHeight * Double(series.count) + 8
        let content =
            Markup.element("style", [:], Markup.text(HTMLStyle.sheet + "svg { font-family: sans-serif; }"))
            + Markup.empty("rect", ["width": "100%", "height": "100%", "fill": "var(--page)"])
            + Markup.label(title, x: 8, y: 22, style: "label")
            + Markup.element("g", ["transform": "translate(0 \(Markup.number(titleHeight)))"], chart.content)
            + legend(series)
        return Markup.drawing(
            id: "recall", width: ChartLayout.wide.width, height: height, title: title, description: chart.description,
            content)
            + "\n"
    }

    private static func legend(_ series: [MeasurementSeries]) -> String {
        series.enumerated().map { number, series in
            let y = titleHeight + ChartLayout.wide.height + legendRowHeight * (Double(number) + 0.5)
            return SeriesStyle(number: number).sample(x: 8, y: y)
                + Markup.label(series.label, x: 16 + SeriesStyle.sampleWidth, y: y + 4)
        }.joined()
    }
}
