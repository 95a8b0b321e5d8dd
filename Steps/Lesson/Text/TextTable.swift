/// A small table of texts for a terminal.
public struct TextTable: Sendable {
    /// A column: its heading and the side that its texts keep to.
    public enum Column: Sendable {
        case left(String)
        case right(String)

        var heading: String {
            switch self {
            case .left(let heading), .right(let heading): heading
            }
        }
    }

    public let columns: [Column]
    public private(set) var rows: [[String]] = []

    public init(_ columns: Column...) { self.columns = columns }

    /// Adds a row of as many texts as there are columns.
    public mutating func add(_ row: String...) {
        precondition(row.count == columns.count, "a row needs \(columns.count) texts")
        rows.append(row)
    }

    public func lines(indent: Int = 0) -> [String] {
        let headings = columns.map(\.heading)
        let widths = columns.indices.map { column in
            ([headings] + rows).map { $0[column].count }.max() ?? 0
        }
        let rule = widths.map { String(repeating: "-", count: $0) }
        let isHeaded = headings.contains { !$0.isEmpty }
        return ((isHeaded ? [headings, rule] : []) + rows).map { row in
            let cells = columns.indices.map { padded(row[$0], columns[$0], width: widths[$0]) }
            return trimmed(String(repeating: " ", count: indent) + cells.joined(separator: "  "))
        }
    }

    private func padded(_ text: String, _ column: Column, width: Int) -> String {
        let spaces = String(repeating: " ", count: width - text.count)
        return if case .left = column { text + spaces } else { spaces + text }
    }

    private func trimmed(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }
}
