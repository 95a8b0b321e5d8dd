import Testing

@testable import Common

@Suite struct HistoryTests {
    private func measurement(
        _ recall: Double, _ rate: Double, commit: String? = "a", machine: String = "m", at time: String? = nil
    ) -> Measurement {
        var measurement = Measurement(
            dataset: "d", index: IndexSpecification(type: "HNSW"), searchParameters: ParameterList(), mode: "single",
            threads: 1, k: 10, rows: 1, dimension: 1, machine: machine, seed: 1)
        measurement.recall = recall
        measurement.qps = rate
        measurement.commit = commit
        measurement.measuredAt = time
        return measurement
    }

    @Test func ratesAreReadBetweenTheSettingsAround() throws {
        // The logit of 0.9 is the mean of those of 0.5 and 81/82; the rate is then the geometric mean.
        let rate = try #require(History.rate(of: [measurement(0.5, 400), measurement(81.0 / 82, 100)], at: 0.9))
        #expect(abs(rate - 200) < 1e-9)
        #expect(History.rate(of: [measurement(0.95, 70)], at: 0.9) == 70)
        #expect(History.rate(of: [measurement(0.5, 70)], at: 0.9) == nil)
        // Towards a recall of 1 no rate can be read.
        #expect(History.rate(of: [measurement(0.5, 400), measurement(1, 100)], at: 0.9) == 100)
    }

    @Test func commitsAreOrderedByTime() {
        let history = History(
            [
                measurement(0.95, 3, commit: "third", at: "2026-03"), measurement(0.95, 1, commit: "first"),
                measurement(0.95, 2, commit: "second", at: "2026-02"), measurement(0.95, 9, commit: nil),
                measurement(0.95, 5, commit: "third", machine: "n", at: "2026-04"),
            ], recall: 0.9)
        #expect(history.tableHeader == ["index", "machine", "first", "second", "third"])
        #expect(history.tableRows == [["HNSW", "m", "1.00", "2.00", "3.00"], ["HNSW", "n", "-", "-", "5.00"]])
        let page = HistoryReport.render(history, command: "apus bench history <x>")
        let checker = MarkupChecker(page)
        #expect(checker.problems == [])
        #expect(Set(checker.identifiers).count == checker.identifiers.count)
        #expect(page.contains("HNSW [1]: m") && page.contains("HNSW [2]: n"))
        #expect(History([], recall: 0.9).isEmpty)
    }
}

@Suite struct ChartLayoutTests {
    @Test func namesNeverMeet() {
        var random = RandomSource(seed: 9)
        for count in [0, 1, 2, 5, 12, 20, 40] {
            let places = (0..<count).map { _ in 30 + 300 * random.uniformDouble() }.sorted()
            let spread = ChartLayout.spread(places, apart: 17, from: 26, to: 382)
            for (low, high) in zip(spread, spread.dropFirst()) { #expect(high - low >= 17 - 1e-9, "seed 9") }
            if count <= 20 { #expect(spread.allSatisfy { (26 - 1e-9...382 + 1e-9).contains($0) }) }
        }
        #expect(ChartLayout.spread([100, 200, 300], apart: 17, from: 26, to: 382) == [100, 200, 300])
    }
}

@Suite struct CaseResultTests {
    private let json = JSONValue.object([
        .init("case", .string("churn")), .init("dataset", .string("d")), .init("index", .string("HNSW")),
        .init("index_params", .object([.init("M", .integer(4))])), .init("rows_changed", .integer(12_000)),
        .init(
            "states",
            .array([
                .object([
                    .init("state", .string("fresh")), .init("recall", .number(0.97)),
                    .init("disk_bytes", .integer(2_048)),
                ]),
                .object([
                    .init("state", .string("churned")), .init("recall", .null), .init("disk_bytes", .integer(4_096)),
                ]),
            ])),
    ])

    @Test func statesAreColumns() {
        let result = CaseResult(json: json)
        #expect(result.name == "churn" && result.indexLabel == "HNSW(M=4)" && !result.hasFailed)
        #expect(
            result.tables[0].rows == [["recall", "0.9700", "not measured"], ["disk bytes", "2.0 KiB", "4.0 KiB"]])
        #expect(result.tables[1].rows == [["rows changed", "12,000"]])
        #expect(result.text.contains("churn: HNSW(M=4)"))
    }

    @Test func failuresHaveTheirReason() {
        let failed = CaseResult(
            json: .object([
                .init("case", .string("mixed")), .init("index", .string("SCANN")), .init("failed", .bool(true)),
                .init("qps", .null), .init("reason", .string("too few rows")),
            ]))
        #expect(failed.hasFailed && failed.text.contains("not measured: too few rows"))
    }

    @Test func reportsShowCasesClientsAndAdvice() throws {
        var clients: [Measurement] = []
        for count in [1, 2, 4] {
            var measurement = Measurement(
                dataset: "d", index: IndexSpecification(type: "HNSW"), searchParameters: ParameterList(),
                mode: "single",
                threads: count, k: 10, rows: 1, dimension: 1, machine: "m", seed: 1)
            measurement.qps = Double(count) * 100
            measurement.latencyP99Microseconds = 50
            measurement.recall = 0.9
            measurement.others = [.init("clients", .integer(Int64(count)))]
            clients.append(measurement)
        }
        var report = Report(clients, title: "T", command: "apus <bench>")
        report.cases = [CaseResult(json: json)]
        report.advice = ["Take <HNSW>.", "Because & so on."]
        let page = HTMLReport.render(report)
        let checker = MarkupChecker(page)
        #expect(checker.problems == [])
        #expect(Set(checker.identifiers).count == checker.identifiers.count)
        for text in ["Take &lt;HNSW&gt;.", "Queries per second by clients", "churn: HNSW(M=4)", "Raw data"] {
            #expect(page.contains(text), "\(text)")
        }
        let markdown = MarkdownReport.render(report)
        #expect(markdown.contains("## Recommendation") && markdown.contains("| HNSW | no parameters | 4 | 400 |"))
    }

    @Test func membersWithoutAPropertyComeBack() throws {
        var measurement = Measurement(
            dataset: "d", index: IndexSpecification(type: "HNSW"), searchParameters: ParameterList(), mode: "single",
            threads: 1, k: 10, rows: 1, dimension: 1, machine: "m", seed: 1)
        measurement.qpsSamples = [1, 2.5]
        measurement.residentBytes = 7
        measurement.metric = "L2"
        measurement.schemaVersion = 2
        measurement.others = [.init("load_seconds", .number(0.5)), .init("clients", .integer(3))]
        #expect(try Measurement(json: JSONValue(parsing: measurement.json.text())) == measurement)
        #expect(measurement.clients == 3)
    }

    @Test func shortNamesTellSeriesApart() throws {
        let series = MeasurementSeries.group(
            try ["HNSW(M=16,ef=9)", "HNSW(M=32,ef=9)", "FLAT"].map { index in
                Measurement(
                    dataset: "d", index: try parseIndexSpecification(index), searchParameters: ParameterList(),
                    mode: "single", threads: 1, k: 10, rows: 1, dimension: 1, machine: "m", seed: 1)
            })
        #expect(series.map(\.shortLabel) == ["HNSW M=16", "HNSW M=32", "FLAT"])
    }
}
