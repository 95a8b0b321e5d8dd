/// A table of texts, shown by the Markdown and the HTML report alike.
struct ReportTable {
    struct Column {
        let title: String
        let isNumber: Bool
    }

    let columns: [Column]
    var rows: [[String]] = []

    /// What stands in the place of a value that was not measured.
    static let missing = "not measured"

    /// The table with one line per measurement.
    static func all(_ part: ReportContent.DataSetPart) -> ReportTable {
        var table = ReportTable(columns: [
            Column(title: "Index", isNumber: false), Column(title: "Search", isNumber: false),
            Column(title: "Recall (95 % interval)", isNumber: true), Column(title: "QPS", isNumber: true),
            Column(title: "p50 us", isNumber: true), Column(title: "p95 us", isNumber: true),
            Column(title: "p99 us", isNumber: true), Column(title: "Distances per query", isNumber: true),
            Column(title: "Build s", isNumber: true), Column(title: "Build CPU s", isNumber: true),
            Column(title: "Index", isNumber: true), Column(title: "Memory", isNumber: true),
            Column(title: "Peak memory", isNumber: true),
            Column(title: "Note", isNumber: false),
        ])
        for series in part.series {
            for measurement in series.measurements {
                table.rows.append([series.label, search(measurement)] + values(of: measurement))
            }
        }
        for measurement in part.clients {
            let label = "\(measurement.indexSpecification), \(measurement.clients ?? 0) clients"
            table.rows.append([label, search(measurement)] + values(of: measurement))
        }
        return table
    }

    /// Rate and latency by number of clients.
    static func clients(_ part: ReportContent.DataSetPart) -> ReportTable {
        var table = ReportTable(columns: [
            Column(title: "Index", isNumber: false), Column(title: "Search", isNumber: false),
            Column(title: "Clients", isNumber: true), Column(title: "QPS", isNumber: true),
            Column(title: "p50 us", isNumber: true), Column(title: "p95 us", isNumber: true),
            Column(title: "p99 us", isNumber: true), Column(title: "Recall", isNumber: true),
        ])
        for measurement in part.clients {
            table.rows.append([
                "\(measurement.indexSpecification)", search(measurement), "\(measurement.clients ?? 0)",
                number(measurement.qps), number(measurement.latencyP50Microseconds),
                number(measurement.latencyP95Microseconds), number(measurement.latencyP99Microseconds),
                recall(measurement),
            ])
        }
        return table
    }

    private static func values(of measurement: Measurement) -> [String] {
        [
            recall(measurement), number(measurement.qps), number(measurement.latencyP50Microseconds),
            number(measurement.latencyP95Microseconds), number(measurement.latencyP99Microseconds),
            number(measurement.distanceComputations), number(measurement.buildSeconds),
            number(measurement.buildCPUSeconds), bytes(measurement.indexBytes),
            bytes(measurement.residentBytes), bytes(measurement.peakResidentBytes), measurement.reason ?? "",
        ]
    }

    /// The table with the fastest setting of each series at each recall level, fastest at the middle level first.
    static func best(_ part: ReportContent.DataSetPart) -> ReportTable {
        let levels = MeasurementSeries.recallLevels
        let middle = levels[levels.count / 2]
        let columns = levels.map {
            Column(title: "QPS at recall \(NumberText.fixed($0, 2))", isNumber: false)
        }
        let ranked = part.series.sorted {
            ($0.best(atRecall: middle)?.qps ?? 0) > ($1.best(atRecall: middle)?.qps ?? 0)
        }
        let rows = ranked.map { series in
            [series.label] + levels.map { bestCell(series, level: $0) }
                + [bytes(series.measurements.compactMap(\.residentBytes).first)]
        }
        let memory = Column(title: "Memory", isNumber: true)
        return ReportTable(columns: [Column(title: "Index", isNumber: false)] + columns + [memory], rows: rows)
    }

    private static func bestCell(_ series: MeasurementSeries, level: Double) -> String {
        if let best = series.best(atRecall: level) { return "\(number(best.qps)) with \(search(best))" }
        let highest = series.plotted.compactMap(\.recall).max()
        return highest.map { "not reached, highest \(NumberText.fixed($0, 4))" } ?? missing
    }

    static func search(_ measurement: Measurement) -> String {
        measurement.searchParameters.isEmpty ? "no parameters" : measurement.searchParameters.description
    }

    static func recall(_ measurement: Measurement) -> String {
        guard let recall = measurement.recall else { return missing }
        guard let low = measurement.recallLow, let high = measurement.recallHigh else {
            return NumberText.fixed(recall, 4)
        }
        return "\(NumberText.fixed(recall, 4)) (\(NumberText.fixed(low, 4)) to \(NumberText.fixed(high, 4)))"
    }

    static func number(_ value: Double?) -> String {
        value.map { $0.isFinite ? NumberText.short($0) : missing } ?? missing
    }

    static func bytes(_ value: Int?) -> String {
        value.map { NumberText.bytes(Double($0)) } ?? missing
    }
}
