import Testing

@testable import Common

/// Settings of a few indexes as a benchmark would measure them, with one that failed.
private func sampleMeasurements(dataset: String = "texts <&> \"20k\"") throws -> [Measurement] {
    var result: [Measurement] = []
    for (number, index) in ["HNSW(M=16)", "IVF_FLAT(nlist=64)", "FLAT"].enumerated() {
        for (step, value) in [8, 16, 32].enumerated() where index != "FLAT" || step == 0 {
            var measurement = Measurement(
                dataset: dataset, index: try parseIndexSpecification(index),
                searchParameters: try parseSearchGrid(index == "FLAT" ? "" : "ef=\(value)")[0],
                mode: "single",
                threads: 1, k: 10, rows: 20_000, dimension: 384, machine: "a machine", seed: UInt64.max - 5)
            let recall = index == "FLAT" ? 1 : [0.85, 0.96, 0.995][step] - 0.01 * Double(number)
            measurement.set(RecallEstimate(mean: recall, low: recall - 0.01, high: min(1, recall + 0.01)))
            measurement.qps = 12_000 / Double((step + 1) * (number + 1))
            measurement.latencyP50Microseconds = 80
            measurement.latencyP95Microseconds = 120
            measurement.latencyP99Microseconds = 300
            measurement.buildSeconds = 12.5
            measurement.indexBytes = 31_000_000
            measurement.commit = "0123456789012345678901234567890123456789"
            result.append(measurement)
        }
    }
    var failed = Measurement(
        dataset: dataset, index: IndexSpecification(type: "DISKANN"), searchParameters: ParameterList(),
        mode: "single", threads: 1, k: 10, rows: 20_000, dimension: 384, machine: "a machine", seed: 1)
    failed.reason = "the build ran out of disk"
    return result + [failed]
}

@Suite struct MeasurementTests {
    @Test func membersAreThoseOfTheContract() throws {
        let json = try sampleMeasurements()[0].json
        guard case .object(let members) = json else { throw UsageError("not an object") }
        let contract =
            "dataset index index_params search_params mode threads k rows dimension recall recall_low "
            + "recall_high qps latency_p50_us latency_p95_us latency_p99_us build_seconds build_cpu_seconds "
            + "index_bytes peak_rss_bytes distance_computations build_digest commit machine seed"
        #expect(members.map(\.name) == contract.split(separator: " ").map(String.init))
    }

    @Test func measurementsComeBackFromJSON() throws {
        for measurement in try sampleMeasurements() {
            let text = try measurement.json.text()
            #expect(try Measurement(json: JSONValue(parsing: text)) == measurement)
        }
    }

    @Test func missingValuesAreNullAndNeverZero() throws {
        let failed = try #require(try sampleMeasurements().last).json
        for name in ["recall", "qps", "latency_p50_us", "build_seconds", "index_bytes", "commit"] {
            #expect(failed[name] == .null)
        }
        #expect(failed["reason"]?.stringValue == "the build ran out of disk")
    }

    @Test func wrongMembersAreNamed() throws {
        let json = try sampleMeasurements()[0].json
        guard case .object(let members) = json else { throw UsageError("not an object") }
        for name in ["dataset", "threads", "index_params", "qps"] {
            let damaged = members.map { $0.name == name ? JSONValue.Member(name, .bool(true)) : $0 }
            let error = #expect(throws: JSONError.self) { try Measurement(json: .object(damaged)) }
            #expect(error?.message.contains("'\(name)'") == true)
        }
    }

    @Test func latenciesOfAHistogramAreInMicroseconds() throws {
        var histogram = LatencyHistogram()
        for _ in 0..<100 { histogram.add(64) }
        var measurement = try sampleMeasurements()[0]
        measurement.set(histogram)
        #expect(measurement.latencyP50Microseconds == 0.064)
        #expect(measurement.latencyP99Microseconds == 0.064)
    }
}

@Suite struct MeasurementSeriesTests {
    private func series(_ points: [(recall: Double, qps: Double)]) throws -> MeasurementSeries {
        let template = try sampleMeasurements()[0]
        let measurements = points.map { point in
            var measurement = template
            measurement.recall = point.recall
            measurement.qps = point.qps
            return measurement
        }
        return MeasurementSeries.group(measurements)[0]
    }

    @Test func paretoKeepsWhatNothingBeats() throws {
        var random = RandomSource(seed: 14)
        for _ in 0..<100 {
            let points = (0..<12).map { _ in
                (recall: Double(random.integer(below: 8)) / 8, qps: Double(1 + random.integer(below: 8)))
            }
            let expected = points.filter { point in
                !points.contains {
                    $0.recall >= point.recall && $0.qps >= point.qps
                        && ($0.recall > point.recall || $0.qps > point.qps)
                }
            }
            let front = try series(points).pareto
            #expect(
                Set(front.map { [$0.recall, $0.qps] }) == Set(expected.map { [$0.recall, $0.qps] }), "seed 14"
            )
            #expect(front.map { $0.recall! } == front.map { $0.recall! }.sorted())
            #expect(Set(front.map { $0.recall! }).count == front.count)
        }
    }

    @Test func bestIsTheFastestThatReachesTheLevel() throws {
        let own = try series([(0.91, 500), (0.93, 700), (0.96, 300), (0.5, 900)])
        #expect(own.best(atRecall: 0.9)?.qps == 700)
        #expect(own.best(atRecall: 0.95)?.qps == 300)
        #expect(own.best(atRecall: 0.99) == nil)
    }

    @Test func labelsNameWhatDiffers() throws {
        var measurements = try sampleMeasurements()
        #expect(MeasurementSeries.group(measurements).map(\.label).first == "HNSW(M=16)")
        measurements[0].mode = "batch"
        #expect(
            MeasurementSeries.group(measurements).map(\.label).prefix(2) == [
                "HNSW(M=16), batch", "HNSW(M=16), single",
            ])
    }
}

@Suite struct ChartAxisTests {
    @Test func recallTicksAreWhereReadersExpectThem() {
        let axis = ChartAxis.recall([0.85, 1], from: 0, to: 500)
        #expect(axis.ticks.map(\.label) == ["0.8", "0.9", "0.95", "0.99", "0.999", "0.9999", "1"])
        let wide = ChartAxis.recall([0.55, 1], from: 0, to: 500)
        #expect(wide.ticks.map(\.label) == ["0.5", "0.8", "0.9", "0.95", "0.99", "0.999", "0.9999", "1"])
        #expect(wide.position(0.5) == 0 && wide.position(1) == 500)
        // The logit of 0.9 is the mean of the logits of 0.5 and 81/82.
        let middle = (wide.position(0.5) + wide.position(81.0 / 82)) / 2
        #expect(abs(wide.position(0.9) - middle) < 1e-9)
        #expect(wide.position(0) == 0)
    }

    @Test(arguments: [[3.0, 4], [1, 10], [17, 90_000], [0.002, 0.5], [100, 100], []])
    func logarithmicAxesHoldTheirValues(values: [Double]) {
        let axis = ChartAxis.logarithmic(values, from: 300, to: 0)
        #expect(axis.ticks.count >= 2)
        for tick in axis.ticks { #expect((0...300).contains(axis.position(tick.value))) }
        for value in values {
            #expect(axis.ticks.first!.value <= value * 1.001 && axis.ticks.last!.value >= value * 0.999)
        }
    }

    @Test func labelsNeverMeet() {
        for low in [0.005, 0.2, 0.55, 0.9] {
            for width in [100.0, 200, 300, 540] {
                let axis = ChartAxis.recall([low], from: 0, to: width)
                let shown = axis.readableTicks(letterWidth: 8)
                #expect(shown.last?.label == "1")
                for (left, right) in zip(shown, shown.dropFirst()) {
                    let room = axis.position(right.value) - axis.position(left.value)
                    #expect(room > Double(left.label.count + right.label.count) / 2 * 8)
                }
            }
        }
    }
}

@Suite struct ReportTests {
    private func page(_ measurements: [Measurement]) -> String {
        HTMLReport.render(
            measurements, title: "A <title> & more", command: "apus bench --index 'HNSW(M=16)' > \"out\"",
            dataDigests: ["texts": "00ff"])
    }

    private func expectSound(_ html: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let checker = MarkupChecker(html)
        #expect(checker.problems == [], sourceLocation: sourceLocation)
        #expect(Set(checker.identifiers).count == checker.identifiers.count, sourceLocation: sourceLocation)
        for word in ["NaN", "nan", "inf\"", "Optional(", "nil"] {
            #expect(!html.contains(word), "\(word)", sourceLocation: sourceLocation)
        }
        for word in ["<script", "http-equiv", "@import", "url(", "<link", "<img", "src=", "href="] {
            #expect(!html.contains(word), "\(word)", sourceLocation: sourceLocation)
        }
    }

    @Test func thePageIsWellFormedAndSelfContained() throws {
        let html = page(try sampleMeasurements())
        expectSound(html)
        #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
        #expect(html.contains("A &lt;title&gt; &amp; more"))
        #expect(html.contains("prefers-color-scheme: dark"))
        #expect(html.contains("aria-labelledby=\"d0-recall-title d0-recall-desc\""))
        #expect(html.contains("0123456789012345678901234567890123456789"))
        #expect(html.contains("the build ran out of disk"))
        #expect(html.contains("apus bench --index &#39;HNSW(M=16)&#39;"))
    }

    @Test func thePictureStandsAlone() throws {
        let picture = RecallPicture.render(try sampleMeasurements(), title: "A <title> & more")
        expectSound(picture)
        #expect(picture.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
        for text in ["A &lt;title&gt; &amp; more", "HNSW(M=16)</text>", "FLAT</text>", "prefers-color-scheme: dark"] {
            #expect(picture.contains(text), "\(text)")
        }
    }

    @Test func severalDataSetsHaveSectionsAndIdentifiersOfTheirOwn() throws {
        let html = page(try sampleMeasurements(dataset: "one") + sampleMeasurements(dataset: "two"))
        expectSound(html)
        #expect(html.contains("id=\"d0-latency-title\"") && html.contains("id=\"d1-latency-title\""))
    }

    @Test func extremeAndMissingValuesAreShownSoundly() throws {
        expectSound(page([]))
        var measurements = try sampleMeasurements()
        for index in measurements.indices {
            measurements[index].recall = [nil, 0, 1, 0.99999, 0.5][index % 5]
            measurements[index].qps = [0, 1e-6, 1e9, .infinity, nil][index % 5]
            measurements[index].latencyP99Microseconds = index % 2 == 0 ? 0 : nil
            measurements[index].indexBytes = 0
            measurements[index].buildSeconds = .nan
        }
        expectSound(page(measurements))
        expectSound(page([measurements[0]]))
    }

    @Test func moreSeriesThanColoursAndManySettings() throws {
        let template = try sampleMeasurements()[1]
        let many = (0..<30).flatMap { number in
            (0..<3).map { step in
                var measurement = template
                measurement.indexParameters = ParameterList([.init("M", "\(number)")])
                measurement.searchParameters = ParameterList([.init("ef", "\(step)")])
                return measurement
            }
        }
        let html = page(many)
        expectSound(html)
        #expect(html.contains("Only the best settings"))
        let styles = (0..<30).map { number -> String in
            let style = SeriesStyle(number: number)
            let marker = style.marker(x: 0, y: 0, size: 10, style: "best")
            return marker
        }
        #expect(Set(styles).count == 30)
    }

    @Test func markdownHasTheSameNumbers() throws {
        let text = MarkdownReport.render(
            try sampleMeasurements(dataset: "a|b"), title: "T", command: "apus bench",
            dataDigests: ["a|b": "00ff"])
        #expect(text.contains("## a\\|b"))
        #expect(text.contains("| HNSW(M=16) | ef=16 | 0.9600 (0.9500 to 0.9700) | 6,000 |"))
        #expect(text.contains("not measured"))
        #expect(text.contains("- Data digest: a|b: 00ff".replacingBar))
        let table = MarkdownReport.table(header: ["a", "b"], alignRight: [1], rows: [["x|y", "1"]])
        #expect(table == "| a | b |\n| --- | ---: |\n| x\\|y | 1 |")
    }
}

extension String {
    fileprivate var replacingBar: String { split(separator: "|").joined(separator: "\\|") }
}

@Suite struct RepositoryTests {
    private let folder = ScratchFolder()

    @Test func pathsAreTakenApart() {
        #expect(FilePath.ancestors(of: "/a/b/c") == ["/a/b/c", "/a/b", "/a", "/"])
        #expect(FilePath.ancestors(of: "a/b") == ["a/b", "a"])
        #expect(FilePath.join("/a/", "b") == "/a/b")
        #expect(FilePath.name(of: "/a/b.fbin") == "b.fbin")
        #expect(FilePath.isFolder(folder.path) && FilePath.exists(folder.path))
    }

    @Test func aFolderWithoutRepositoryHasNoCommit() {
        #expect(Repository.commit(of: "/") == nil)
        let commit = Repository.commit()
        #expect(commit.map { $0.count == 40 || $0.count == 64 } ?? true)
    }

    @Test func worktreesAndDetachedHeadsAreRead() {
        let hash = String(repeating: "0a", count: 20)
        _ = folder.file("HEAD", text: hash + "\n")
        let worktree = ScratchFolder()
        _ = worktree.file(".git", text: "gitdir: \(folder.path)\n")
        #expect(Repository.commit(of: worktree.path + "/deep/er") == hash)
        _ = folder.file("HEAD", text: "ref: refs/heads/topic\n")
        _ = folder.file("packed-refs", text: "# pack\n\(hash) refs/heads/topic\n")
        #expect(Repository.commit(of: worktree.path) == hash)
    }
}
