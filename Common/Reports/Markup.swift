/// Builds the elements of HTML and SVG, with everything escaped that must be.
enum Markup {
    typealias Attributes = KeyValuePairs<String, String>

    /// Text that is shown as it is.
    static func text(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
        return result
    }

    /// An element around content that is markup already.
    static func element(_ name: String, _ attributes: Attributes = [:], _ content: String) -> String {
        "<\(name)\(list(attributes))>\(content)</\(name)>"
    }

    /// An element without content.
    static func empty(_ name: String, _ attributes: Attributes = [:]) -> String {
        "<\(name)\(list(attributes))/>"
    }

    private static func list(_ attributes: Attributes) -> String {
        attributes.map { " \($0.key)=\"\(text($0.value))\"" }.joined()
    }

    /// A coordinate with one decimal.
    static func number(_ value: Double) -> String {
        let fixed = NumberText.fixed(value, 1)
        return fixed.hasSuffix(".0") ? String(fixed.dropLast(2)) : fixed
    }

    /// A text at a place in a drawing.
    static func label(
        _ content: String, x: Double, y: Double, anchor: String = "start", style: String = "label"
    ) -> String {
        element(
            "text", ["class": style, "x": number(x), "y": number(y), "text-anchor": anchor], text(content))
    }

    static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) -> String {
        empty(
            "line", ["class": style, "x1": number(x1), "y1": number(y1), "x2": number(x2), "y2": number(y2)])
    }

    /// A drawing that scales with the page and that screen readers announce by title and description.
    static func drawing(
        id: String, width: Double, height: Double, title: String, description: String, _ content: String
    ) -> String {
        let names =
            element("title", ["id": "\(id)-title"], text(title))
            + element("desc", ["id": "\(id)-desc"], text(description))
        return element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 \(number(width)) \(number(height))",
                "role": "img", "aria-labelledby": "\(id)-title \(id)-desc",
            ], names + content)
    }

    /// Shortens a text that is too long for its place.
    static func shortened(_ text: String, to length: Int) -> String {
        text.count <= length ? text : text.prefix(length - 1) + "…"
    }
}
