import Common

/// Where a lesson's lines go: standard output, or a list that a test reads.
public struct LessonOutput: Sendable {
    /// Lines fit a plain terminal of 80 to 100 columns.
    public static let width = 92
    private let write: @Sendable (String) -> Void

    public static let standard = LessonOutput { StandardStream.output.write($0 + "\n") }

    public init(write: @escaping @Sendable (String) -> Void) { self.write = write }

    public func line(_ text: String = "") { write(text) }

    /// Wraps a text; lines after the first are `hanging` columns further in.
    public func paragraph(_ text: String, indent: Int = 0, hanging: Int = 0) {
        for line in TextWrap.lines(text, width: Self.width, indent: indent, hanging: hanging) { write(line) }
    }

    /// A paragraph behind a label, as "Why     because ...".
    func labelled(_ label: String, _ text: String) {
        let column = 9
        let head = label + String(repeating: " ", count: max(1, column - label.count))
        let lines = TextWrap.lines(text, width: Self.width - column, indent: 0, hanging: 0)
        for (index, line) in lines.enumerated() {
            write((index == 0 ? head : String(repeating: " ", count: column)) + line)
        }
    }
}
