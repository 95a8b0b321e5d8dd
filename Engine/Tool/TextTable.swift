/// Columns of text for a terminal. Cells that begin with a digit are aligned to the right.
struct TextTable {
    let header: [String]
    private(set) var rows: [[String]] = []

    init(_ header: [String]) {
        self.header = header
    }

    mutating func append(_ row: [String]) {
        precondition(row.count == header.count, "a row needs a cell for every column")
        rows.append(row)
    }

    /// One line per row, the header first.
    var text: String {
        let widths = header.indices.map { column in
            ([header] + rows).map { $0[column].count }.max() ?? 0
        }
        let isNumber = header.indices.map { column in
            !rows.isEmpty && rows.allSatisfy { $0[column].isEmpty || $0[column].first?.isNumber == true }
        }
        let lines = ([header] + rows).map { row in
            row.indices.map { column in
                let blanks = String(repeating: " ", count: widths[column] - row[column].count)
                return isNumber[column] ? blanks + row[column] : row[column] + blanks
            }.joined(separator: "  ")
        }
        return lines.map { line in
            var line = line
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
