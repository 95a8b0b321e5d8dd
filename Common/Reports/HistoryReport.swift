/// Rates over commits as one HTML page.
public enum HistoryReport {
    public static func render(_ history: History, command: String) -> String {
        let title = "Queries per second at recall \(history.recall) over commits"
        let series = history.series.enumerated().map { number, series in
            LineChart.Series(
                label: series.label + history.mark(series.machine), style: SeriesStyle(number: number),
                points: series.points.map { (step: $0.commit, value: $0.rate) })
        }
        let charts = ChartLayout.both(id: "history") { layout, id in
            LineChart(
                title: title, stepsName: "Commit, oldest first", valuesName: "Queries per second (log scale)",
                steps: history.commits.map(History.short), series: series, layout: layout
            ).render(id: id)
        }
        let hint = "Only points of one machine may be compared; a line joins the commits that were measured on it."
        let columns = history.tableHeader.enumerated().map {
            ReportTable.Column(title: $1, isNumber: $0 > 1)
        }
        let table = ReportTable(columns: columns, rows: history.tableRows)
        return HTMLPage.render(
            title: title,
            HTMLPage.figure(charts + legend(history, series), hint)
                + HTMLPage.table(table, caption: "Queries per second, a column for each commit")
                + Markup.element("p", [:], Markup.text("Command: \(command)")))
    }

    /// Each line with the machine that it was measured on.
    private static func legend(_ history: History, _ lines: [LineChart.Series]) -> String {
        let items = zip(history.series, lines).map { series, line in
            Markup.element(
                "li", [:],
                SeriesStyle.legendSample(line.style)
                    + Markup.element("span", [:], Markup.text("\(line.label): \(series.machine)")))
        }
        return Markup.element("ul", ["class": "legend"], items.joined())
    }
}
