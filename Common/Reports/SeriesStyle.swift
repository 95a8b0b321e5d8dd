/// Colour, marker and dashes of a series. Shapes alone tell the first seven apart, so colour is never needed.
///
/// Colours follow the Okabe and Ito palette for colour-blind readers, with one set for light and one for dark pages.
struct SeriesStyle {
    static let lightColours = [
        "#0072b2", "#c14a00", "#00795a", "#a03f78", "#7d5c00", "#5b51b8", "#555555", "#b3261e",
        "#00838f", "#5f7a00", "#9c27b0", "#8d5524",
    ]
    static let darkColours = [
        "#56b4e9", "#ff9a5c", "#2fcf9f", "#ec9fca", "#e6b83a", "#b0aaff", "#c4c4c4", "#ff8a80",
        "#4dd0e1", "#c5dc5a", "#dd97f2", "#d7a877",
    ]
    private static let shapeCount = 7
    private static let dashes = ["", "6 3", "2 3"]

    let number: Int

    /// The class that carries the colour.
    var colourClass: String { "s\(number % SeriesStyle.lightColours.count)" }

    var dash: String {
        SeriesStyle.dashes[number / SeriesStyle.lightColours.count % SeriesStyle.dashes.count]
    }

    /// The marker around a point, with an optional text that is shown when pointed at.
    func marker(x: Double, y: Double, size: Double, style: String, title: String? = nil) -> String {
        let content = title.map { Markup.element("title", [:], Markup.text($0)) } ?? ""
        let classes = "\(style) \(colourClass)"
        if number % SeriesStyle.shapeCount == 0 {
            return Markup.element(
                "circle",
                ["class": classes, "cx": Markup.number(x), "cy": Markup.number(y), "r": Markup.number(size)],
                content)
        }
        let points = corners.map { "\(Markup.number(x + $0.0 * size)),\(Markup.number(y + $0.1 * size))" }
        return Markup.element(
            "polygon", ["class": classes, "points": points.joined(separator: " ")], content)
    }

    /// A piece of the line with its marker, `sampleWidth` wide around `y`: what a legend shows beside a label.
    func sample(x: Double, y: Double) -> String {
        Markup.empty(
            "line",
            [
                "class": "front \(colourClass)", "x1": Markup.number(x), "y1": Markup.number(y),
                "x2": Markup.number(x + SeriesStyle.sampleWidth), "y2": Markup.number(y), "stroke-dasharray": dash,
            ]) + marker(x: x + SeriesStyle.sampleWidth / 2, y: y, size: 5, style: "best")
    }

    static let sampleWidth = 32.0

    /// The sample as a drawing of its own, for a list beside a chart.
    static func legendSample(_ style: SeriesStyle) -> String {
        Markup.element(
            "svg", ["viewBox": "0 0 32 16", "width": "32", "height": "16", "aria-hidden": "true"],
            style.sample(x: 0, y: 8))
    }

    private var corners: [(Double, Double)] {
        switch number % SeriesStyle.shapeCount {
        case 1: [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]
        case 2: [(0, -1.2), (1.1, 0.8), (-1.1, 0.8)]
        case 3: [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)]
        case 4: [(0, 1.2), (1.1, -0.8), (-1.1, -0.8)]
        case 5: SeriesStyle.plus
        default: [(-0.6, -1.1), (0.6, -1.1), (1.2, 0), (0.6, 1.1), (-0.6, 1.1), (-1.2, 0)]
        }
    }

    private static let plus: [(Double, Double)] = [
        (-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4), (0.4, 1.2), (-0.4, 1.2),
        (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4),
    ]
}
