/// What a case other than searching gave for one index: an object of named numbers, or of one such object for each
/// state that an index was in.
public struct CaseResult: Sendable, Equatable {
    /// The object as it is written.
    public let json: JSONValue

    /// Members that say what was measured.
    private static let identity: Set = [
        "case", "dataset", "index", "index_params", "search_params", "rows", "dimension", "k", "metric", "threads",
        "commit", "machine", "seed", "measured_at", "schema_version", "reason", "states", "failed", "build_threads",
    ]

    public init(json: JSONValue) {
        self.json = json
    }

    /// Whether nothing was measured.
    public var hasFailed: Bool { json["failed"] == .bool(true) }
    public var reason: String? { json["reason"]?.stringValue }
    public var dataset: String { json["dataset"]?.stringValue ?? "" }
    /// The case, such as `mixed`.
    public var name: String { json["case"]?.stringValue ?? "" }

    /// The index as it is typed.
    public var indexLabel: String {
        let parameters = json["index_params"].flatMap { ParameterList(json: $0) } ?? ParameterList()
        return IndexSpecification(type: json["index"]?.stringValue ?? "", parameters: parameters).description
    }

    private var heading: String {
        let search = json["search_params"].flatMap { ParameterList(json: $0) }?.description ?? ""
        return "\(name): \(indexLabel)" + (search.isEmpty ? "" : " with \(search)")
    }

    private static func numbers(of json: JSONValue) -> [JSONValue.Member] {
        guard case .object(let members) = json else { return [] }
        return members.filter { !identity.contains($0.name) && ($0.value.doubleValue != nil || $0.value.isNull) }
    }

    /// What stands in a report: the states if there are any, and the numbers of the whole, or why there are none.
    var tables: [ReportTable] {
        guard !hasFailed else {
            return [
                ReportTable(
                    columns: [.init(title: heading, isNumber: false)],
                    rows: [["\(ReportTable.missing): \(reason ?? "unknown reason")"]])
            ]
        }
        let whole = [("value", Self.numbers(of: json))]
        guard let states = json["states"]?.arrayValue, !states.isEmpty else { return [table(whole)] }
        return [table(states.map { ($0["state"]?.stringValue ?? "", Self.numbers(of: $0)) }), table(whole)]
    }

    /// One line per number, one column per state.
    private func table(_ columns: [(title: String, members: [JSONValue.Member])]) -> ReportTable {
        var names: [String] = []
        for column in columns {
            names += column.members.map(\.name).filter { !names.contains($0) }
        }
        let rows = names.map { name in
            [Self.label(name)]
                + columns.map { column in Self.text(name, column.members.first { $0.name == name }?.value) }
        }
        let titles = columns.map { ReportTable.Column(title: $0.title, isNumber: true) }
        return ReportTable(columns: [.init(title: heading, isNumber: false)] + titles, rows: rows)
    }

    /// `recall_low` becomes "recall low".
    private static func label(_ name: String) -> String {
        String(name.map { $0 == "_" ? " " : $0 })
    }

    private static func text(_ name: String, _ value: JSONValue?) -> String {
        guard let number = value?.doubleValue else { return ReportTable.missing }
        if name.hasSuffix("bytes") { return NumberText.bytes(number) }
        if name.hasPrefix("recall") { return NumberText.fixed(number, 4) }
        return value?.intValue != nil ? NumberText.grouped(number) : NumberText.short(number)
    }

    /// For a terminal.
    public var text: String { tables.map(Self.text).joined(separator: "\n") }

    private static func text(_ table: ReportTable) -> String {
        let lines = [table.columns.map(\.title)] + table.rows
        let widths = table.columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            line.enumerated().map { column, cell in
                let blanks = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + blanks : blanks + cell
            }.joined(separator: "  ") + "\n"
        }.joined()
    }
}
