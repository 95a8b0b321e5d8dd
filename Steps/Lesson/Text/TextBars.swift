/// Horizontal bars for a terminal, one a line, all on one linear scale that begins at zero.
public struct TextBars: Sendable {
    private var bars: [(label: String, value: Double, text: String)] = []

    public init() {}

    /// - Parameters:
    ///   - value: the length of the bar; not negative.
    ///   - text: the value as people read it.
    public mutating func add(_ label: String, _ value: Double, text: String) {
        precondition(value >= 0 && value.isFinite, "a bar has a finite length that is not negative")
        bars.append((label, value, text))
    }

    /// - Parameter width: columns of the longest bar.
    public func lines(indent: Int = 0, width: Int = 50) -> [String] {
        let labelWidth = bars.map(\.label.count).max() ?? 0
        let largest = bars.map(\.value).max() ?? 0
        return bars.map { bar in
            let length = largest > 0 ? Int((bar.value / largest * Double(width)).rounded()) : 0
            return String(repeating: " ", count: indent) + bar.label
                + String(repeating: " ", count: labelWidth - bar.label.count + 2)
                + String(repeating: "#", count: max(1, length)) + " " + bar.text
        }
    }
}
