/// Breaks text into lines at spaces.
public enum TextWrap {
    /// Words longer than a line get a line of their own.
    public static func lines(_ text: String, width: Int, indent: Int, hanging: Int) -> [String] {
        var lines: [String] = []
        var current = String(repeating: " ", count: indent)
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, current.count + 1 + word.count > width {
                lines.append(current)
                current = String(repeating: " ", count: indent + hanging)
                isEmpty = true
            }
            current += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [current]
    }

    /// The text, or its start and an ellipsis when it is longer than `width`.
    public static func shortened(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(max(0, width - 3)) + "..."
    }
}
