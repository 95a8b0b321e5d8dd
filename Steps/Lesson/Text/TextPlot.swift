import Common

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Points of several series for a terminal: a logarithmic axis to the right, a linear one upwards.
public struct TextPlot: Sendable {
    private struct Point {
        let x: Double
        let y: Double
        let mark: Character
    }

    private let xName: String
    private let yName: String
    private var points: [Point] = []
    private var legend: [String] = []

    public init(x xName: String, y yName: String) {
        self.xName = xName
        self.yName = yName
    }

    /// Adds a series, whose points are drawn as `mark`; `x` is above zero.
    public mutating func add(_ name: String, mark: Character, _ series: [(x: Double, y: Double)]) {
        precondition(series.allSatisfy { $0.x > 0 && $0.x.isFinite && $0.y.isFinite }, "x must be above zero")
        legend.append("\(mark) \(name)")
        points += series.map { Point(x: $0.x, y: $0.y, mark: mark) }
    }

    /// Where points fall on one another, `*` is drawn.
    public func lines(indent: Int = 0, width: Int = 68, height: Int = 14) -> [String] {
        guard let left = points.map(\.x).min(), let right = points.map(\.x).max(),
            let bottom = points.map(\.y).min(), let top = points.map(\.y).max()
        else { return [] }
        var grid = [[Character]](repeating: [Character](repeating: " ", count: width), count: height)
        for point in points {
            let share = right > left ? log(point.x / left) / log(right / left) : 0
            let rise = top > bottom ? (point.y - bottom) / (top - bottom) : 0
            let column = Int((share * Double(width - 1)).rounded())
            let row = height - 1 - Int((rise * Double(height - 1)).rounded())
            grid[row][column] = grid[row][column] == " " || grid[row][column] == point.mark ? point.mark : "*"
        }
        let margin = String(repeating: " ", count: indent)
        let rows = grid.enumerated().map { row, cells in
            margin + label(row, bottom: bottom, top: top, height: height) + " |" + trimmed(cells)
        }
        return [margin + yName] + rows + axis(margin, left: left, right: right, width: width)
            + [margin + "      " + legend.joined(separator: ", ")]
    }

    private func label(_ row: Int, bottom: Double, top: Double, height: Int) -> String {
        guard row % 4 == 0 || row == height - 1 else { return "     " }
        let share = Double(height - 1 - row) / Double(height - 1)
        return NumberText.fixed(bottom + (top - bottom) * share, 3)
    }

    private func axis(_ margin: String, left: Double, right: Double, width: Int) -> [String] {
        let (from, to) = (NumberText.grouped(left), NumberText.grouped(right))
        let room = max(2, width - from.count - to.count - xName.count)
        let before = String(repeating: " ", count: room / 2)
        let after = String(repeating: " ", count: room - room / 2)
        return [
            margin + "      +" + String(repeating: "-", count: width),
            margin + "       " + from + before + xName + after + to,
        ]
    }

    private func trimmed(_ cells: [Character]) -> String {
        String(String(cells).reversed().drop { $0 == " " }.reversed())
    }
}
