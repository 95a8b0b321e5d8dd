/// The report as Markdown, for a repository or a merge request.
public enum MarkdownReport {
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
        var lines = ["# \(cell(report.title))", ""]
        if report.measurements.isEmpty && report.cases.isEmpty { lines += ["No measurements.", ""] }
        if let advice = report.advice { lines += ["## Recommendation", ""] + advice.map(cell) + [""] }
        for part in content.parts {
            lines += ["## \(cell(part.name))", "", cell(ReportContent.shape(of: part)) + ".", ""]
            if !part.series.isEmpty {
                lines += ["### Best settings", ""] + table(ReportTable.best(part)) + [""]
            }
            if !part.clients.isEmpty {
                lines += ["### Clients", ""] + table(ReportTable.clients(part)) + [""]
            }
            lines += ["### All measurements", ""] + table(ReportTable.all(part)) + [""]
        }
        for result in report.cases.flatMap(\.tables) { lines += table(result) + [""] }
        lines += ["## Origin", ""] + content.origin.map { "- \($0.label): \(cell($0.text))" } + [""]
        return lines.joined(separator: "\n")
    }

    /// A Markdown table. Columns whose cells are numbers should be aligned to the right.
    public static func table(header: [String], alignRight: Set<Int> = [], rows: [[String]]) -> String {
        let columns = header.enumerated().map {
            ReportTable.Column(title: $1, isNumber: alignRight.contains($0))
        }
        return table(ReportTable(columns: columns, rows: rows)).joined(separator: "\n")
    }

    private static func table(_ table: ReportTable) -> [String] {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        return [
            line(table.columns.map { cell($0.title) }),
            line(table.columns.map { $0.isNumber ? "---:" : "---" }),
        ]
            + table.rows.map { line($0.map(cell)) }
    }

    /// Text that cannot end a cell or start an element.
    private static func cell(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "|": result += "\\|"
            case "<": result += "&lt;"
            case "&": result += "&amp;"
            case _ where character.isNewline: result += " "
            default: result.append(character)
            }
        }
        return result
    }
}
