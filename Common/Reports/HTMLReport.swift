/// The report as one HTML page that needs nothing else: no script, no font, no picture from elsewhere.
///
/// Readable in light and dark, on a phone, without colours and by a screen reader; every drawing has its numbers in a
/// table below.
public enum HTMLReport {
    /// - Parameters:
    ///   - command: the command line that made the measurements.
    ///   - dataDigests: data set name to `DataDigest`.
    public static func render(
        _ measurements: [Measurement], title: String, command: String, dataDigests: [String: String] = [:]
    ) -> String {
        let content = ReportContent(measurements, title: title, command: command, dataDigests: dataDigests)
        let parts = content.parts.enumerated().map { section($1, id: "d\($0)") }.joined()
        let body =
            Markup.element("h1", [:], Markup.text(title))
            + (measurements.isEmpty ? paragraph("No measurements.") : "") + parts + origin(content)
        let head =
            Markup.empty("meta", ["charset": "utf-8"])
            + Markup.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
            + Markup.element("title", [:], Markup.text(title)) + Markup.element("style", [:], HTMLStyle.sheet)
        return "<!DOCTYPE html>\n"
            + Markup.element(
                "html", ["lang": "en"],
                Markup.element("head", [:], head) + "\n"
                    + Markup.element("body", [:], Markup.element("main", [:], body))) + "\n"
    }

    private static func section(_ part: ReportContent.DataSetPart, id: String) -> String {
        let content =
            Markup.element("h2", [:], Markup.text(part.name)) + paragraph(ReportContent.shape(of: part) + ".")
            + recallFigure(part, id: id) + heading("Best settings")
            + paragraph("The fastest measured setting of each index whose recall reaches the level.")
            + table(ReportTable.best(part), caption: "Best settings of \(part.name)") + builds(part, id: id)
            + latencies(part, id: id) + heading("All measurements")
            + table(ReportTable.all(part), caption: "All measurements of \(part.name)")
        return Markup.element("section", [:], content) + "\n"
    }

    private static func recallFigure(_ part: ReportContent.DataSetPart, id: String) -> String {
        let title = heading("Recall against queries per second")
        guard part.series.contains(where: { !$0.plotted.isEmpty }) else {
            return title + paragraph("No setting has both a recall and a rate.")
        }
        let hint =
            "Up and to the right is better. Lines join the settings that no other of the same index beats; "
            + "horizontal strokes are 95 % intervals of the recall."
        return title + figure(RecallChart(part.series).render(id: "\(id)-recall") + legend(part.series), hint)
    }

    private static func legend(_ series: [MeasurementSeries]) -> String {
        let items = series.enumerated().map { number, series in
            guard !series.plotted.isEmpty else {
                return Markup.element("li", [:], Markup.text("\(series.label): \(ReportTable.missing)"))
            }
            let drawing = Markup.element(
                "svg", ["viewBox": "0 0 32 16", "width": "32", "height": "16", "aria-hidden": "true"],
                SeriesStyle(number: number).sample(x: 0, y: 8))
            return Markup.element("li", [:], drawing + Markup.element("span", [:], Markup.text(series.label)))
        }
        return Markup.element("ul", ["class": "legend"], items.joined())
    }

    private static func builds(_ part: ReportContent.DataSetPart, id: String) -> String {
        let time = BarChart.builds(
            part.series, title: "Build time", value: \.buildSeconds, text: { NumberText.duration($0) })
        let size = BarChart.builds(
            part.series, title: "Index size", value: { $0.indexBytes.map { Double($0) } },
            text: { NumberText.bytes($0) })
        let memory = BarChart.builds(
            part.series, title: "Peak memory", value: { $0.peakResidentBytes.map { Double($0) } },
            text: { NumberText.bytes($0) })
        return heading("Build time")
            + figure(time.render(id: "\(id)-build"), "Elapsed time; shorter is better.")
            + heading("Index size")
            + figure(size.render(id: "\(id)-size"), "Bytes of the index; shorter is better.")
            + heading("Peak memory")
            + figure(
                memory.render(id: "\(id)-memory"), "Largest resident size of the process; shorter is better.")
    }

    private static func latencies(_ part: ReportContent.DataSetPart, id: String) -> String {
        let chart = LatencyChart(part.series)
        guard !chart.isEmpty else { return heading("Latency") + paragraph("No latencies were measured.") }
        let hint =
            "Circle p50, stroke p95, triangle p99; left is better."
            + (chart.isAbridged ? " Only the best settings of each index are shown; the table has all." : "")
        return heading("Latency") + figure(chart.render(id: "\(id)-latency"), hint)
    }

    private static func origin(_ content: ReportContent) -> String {
        let entries = content.origin.map {
            Markup.element("dt", [:], Markup.text($0.label)) + Markup.element("dd", [:], Markup.text($0.text))
        }
        return Markup.element(
            "section", [:],
            Markup.element("h2", [:], "Origin") + Markup.element("dl", [:], entries.joined()))
    }

    private static func table(_ table: ReportTable, caption: String) -> String {
        func alignment(_ column: Int) -> String { table.columns[column].isNumber ? "number" : "text" }
        let header = table.columns.enumerated().map {
            Markup.element("th", ["scope": "col", "class": alignment($0)], Markup.text($1.title))
        }
        let rows = table.rows.map { row in
            let cells = row.enumerated().map {
                Markup.element("td", ["class": alignment($0)], Markup.text($1))
            }
            return Markup.element("tr", [:], cells.joined()) + "\n"
        }
        let content =
            Markup.element("caption", [:], Markup.text(caption))
            + Markup.element("thead", [:], Markup.element("tr", [:], header.joined()))
            + Markup.element("tbody", [:], rows.joined())
        return Markup.element(
            "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption],
            Markup.element("table", [:], content))
    }

    private static func figure(_ content: String, _ caption: String) -> String {
        Markup.element("figure", [:], content + Markup.element("figcaption", [:], Markup.text(caption)))
    }

    private static func heading(_ text: String) -> String { Markup.element("h3", [:], Markup.text(text)) }
    private static func paragraph(_ text: String) -> String { Markup.element("p", [:], Markup.text(text)) }
}
