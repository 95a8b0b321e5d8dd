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
        render(Report(measurements, title: title, command: command, dataDigests: dataDigests))
    }

    public static func render(_ report: Report) -> String {
        let content = report.content
        let parts = content.parts.enumerated().map { section($1, id: "d\($0)") }.joined()
        let isEmpty = report.measurements.isEmpty && report.cases.isEmpty
        return HTMLPage.render(
            title: report.title,
            (isEmpty ? paragraph("No measurements.") : "") + advice(report) + parts + cases(report) + origin(content)
                + HTMLPage.rawData(report.rawLines))
    }

    private static func advice(_ report: Report) -> String {
        guard let advice = report.advice, !advice.isEmpty else { return "" }
        let lines = advice.enumerated().map { number, line in
            Markup.element("p", number == 0 ? ["class": "choice"] : [:], Markup.text(line))
        }
        return Markup.element(
            "section", ["class": "advice"], Markup.element("h2", [:], "Recommendation") + lines.joined())
    }

    private static func section(_ part: ReportContent.DataSetPart, id: String) -> String {
        var content =
            Markup.element("h2", [:], Markup.text(part.name)) + paragraph(ReportContent.shape(of: part) + ".")
        if !part.series.isEmpty {
            content +=
                curves(part, id: id) + heading("Best settings")
                + paragraph("The fastest measured setting of each index whose recall reaches the level.")
                + HTMLPage.table(ReportTable.best(part), caption: "Best settings of \(part.name)") + builds(part)
                + latencies(part, id: id)
        }
        if !part.clients.isEmpty { content += clients(part, id: id) }
        content +=
            heading("All measurements")
            + HTMLPage.table(ReportTable.all(part), caption: "All measurements of \(part.name)")
        return Markup.element("section", [:], content) + "\n"
    }

    private static func curves(_ part: ReportContent.DataSetPart, id: String) -> String {
        let hint =
            "Up and to the right is better. Lines join the settings that no other of the same index beats; "
            + "horizontal strokes are 95 % intervals of the recall."
        let rate = curve(part, .rate, id: "\(id)-recall", hint: hint)
        let missing = paragraph("No setting has both a recall and a rate.")
        let work = curve(
            part, .distances, id: "\(id)-distances",
            hint: "Work that no machine changes; down and to the right is better. A distance may be one of codes.")
        return heading(RecallChart.Quantity.rate.title) + (rate ?? missing)
            + (work.map { heading(RecallChart.Quantity.distances.title) + $0 } ?? "")
    }

    private static func curve(
        _ part: ReportContent.DataSetPart, _ quantity: RecallChart.Quantity, id: String, hint: String
    ) -> String? {
        guard !RecallChart(part.series, quantity: quantity).isEmpty else { return nil }
        let charts = ChartLayout.both(id: id) { layout, id in
            RecallChart(part.series, quantity: quantity, layout: layout).render(id: id)
        }
        return figure(charts + legend(part.series), hint)
    }

    private static func legend(_ series: [MeasurementSeries]) -> String {
        let items = series.enumerated().map { number, series in
            guard series.measurements.contains(where: { $0.qps != nil }) else {
                return Markup.element("li", [:], Markup.text("\(series.label): \(ReportTable.missing)"))
            }
            let drawing = SeriesStyle.legendSample(SeriesStyle(number: number))
            return Markup.element("li", [:], drawing + Markup.element("span", [:], Markup.text(series.label)))
        }
        return Markup.element("ul", ["class": "legend"], items.joined())
    }

    private static func builds(_ part: ReportContent.DataSetPart) -> String {
        func bars(
            _ title: String, _ hint: String, _ value: (Measurement) -> Double?, _ text: (Double) -> String
        ) -> String {
            let chart = BarChart.builds(part.series, value: value, text: text)
            guard chart.bars.contains(where: { $0.value != nil }) else { return "" }
            return heading(title) + figure(chart.render(), hint)
        }
        func bytes(_ value: Double) -> String { NumberText.bytes(value) }
        return bars("Build time", "Elapsed time; shorter is better.", \.buildSeconds) { NumberText.duration($0) }
            + bars(
                "Index size", "Bytes of the index in memory beside the vectors; shorter is better.",
                { $0.indexBytes.map { Double($0) } }, bytes)
            + bars(
                "Memory", "By how much loading the collection made a process grow; shorter is better.",
                { $0.residentBytes.map { Double($0) } }, bytes)
            + bars(
                "Peak memory", "The most that building or searching took; shorter is better.",
                { $0.peakResidentBytes.map { Double($0) } }, bytes)
    }

    private static func latencies(_ part: ReportContent.DataSetPart, id: String) -> String {
        let chart = LatencyChart(part.series, layout: .wide)
        guard !chart.isEmpty else { return heading("Latency") + paragraph("No latencies were measured.") }
        let hint =
            "Circle p50, stroke p95, triangle p99; left is better."
            + (chart.isAbridged
                ? " Only the best settings at recall 0.95 are shown, one for each index; the table has all." : "")
        let charts = ChartLayout.both(id: "\(id)-latency") { layout, id in
            LatencyChart(part.series, layout: layout).render(id: id)
        }
        return heading("Latency") + figure(charts, hint)
    }

    private static func clients(_ part: ReportContent.DataSetPart, id: String) -> String {
        let steps = Set(part.clients.compactMap(\.clients)).sorted()
        let groups = MeasurementSeries.group(
            part.clients.map { measurement in
                var measurement = measurement
                measurement.threads = 1
                return measurement
            })
        func chart(_ title: String, _ axis: String, _ value: @escaping (Measurement) -> Double?) -> String {
            let series = groups.enumerated().map { number, group in
                let points = group.measurements.compactMap { measurement -> (step: Int, value: Double)? in
                    guard let value = value(measurement), value > 0, let clients = measurement.clients else {
                        return nil
                    }
                    return (steps.firstIndex(of: clients)!, value)
                }
                return LineChart.Series(
                    label: group.shortLabel, style: SeriesStyle(number: number),
                    points: points.sorted { $0.step < $1.step })
            }
            return heading(title)
                + figure(
                    ChartLayout.both(id: "\(id)-\(axis.prefix(3).lowercased())") { layout, id in
                        LineChart(
                            title: title, stepsName: "Clients", valuesName: axis, steps: steps.map { "\($0)" },
                            series: series, layout: layout
                        ).render(id: id)
                    } + legend(groups), "Each client is a thread that waits for its answer before it asks again.")
        }
        return chart("Queries per second by clients", "Queries per second (log scale)", \.qps)
            + chart("Latency by clients", "p99, microseconds (log scale)", \.latencyP99Microseconds)
            + HTMLPage.table(ReportTable.clients(part), caption: "Clients, \(part.name)")
    }

    private static func cases(_ report: Report) -> String {
        guard !report.cases.isEmpty else { return "" }
        let tables = report.cases.flatMap { result in
            result.tables.map { HTMLPage.table($0, caption: "\(result.dataset), \(result.name)") }
        }
        return Markup.element("section", [:], Markup.element("h2", [:], "Cases") + tables.joined())
    }

    private static func origin(_ content: ReportContent) -> String {
        let entries = content.origin.map {
            Markup.element("dt", [:], Markup.text($0.label)) + Markup.element("dd", [:], Markup.text($0.text))
        }
        return Markup.element(
            "section", [:],
            Markup.element("h2", [:], "Origin") + Markup.element("dl", [:], entries.joined()))
    }

    private static func figure(_ content: String, _ caption: String) -> String {
        HTMLPage.figure(content, caption)
    }

    private static func heading(_ text: String) -> String { Markup.element("h3", [:], Markup.text(text)) }
    private static func paragraph(_ text: String) -> String { Markup.element("p", [:], Markup.text(text)) }
}
