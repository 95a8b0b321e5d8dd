/// The places of a chart's parts. Two of them: text keeps its size when a page is narrow, so the drawing changes.
struct ChartLayout {
    let width: Double
    let height: Double
    let left: Double
    let right: Double
    /// Whether names stand beside the ends of their lines; else the legend has to do.
    let namesLines: Bool

    static let wide = ChartLayout(width: 800, height: 440, left: 72, right: 544, namesLines: true)
    static let narrow = ChartLayout(width: 360, height: 380, left: 66, right: 350, namesLines: false)

    let top = 26.0
    var bottom: Double { height - 58 }
    /// The widest letters of a label.
    static let letterWidth = 7.6
    /// From one name to the next.
    static let nameHeight = 17.0
    /// Letters of a name beside a line.
    static let longestName = 27

    /// A frame around charts of one content: the page shows the one that fits.
    static func both(id: String, _ drawing: (ChartLayout, String) -> String) -> String {
        Markup.element("div", ["class": "wide"], drawing(.wide, id))
            + Markup.element("div", ["class": "narrow"], drawing(.narrow, "\(id)-narrow"))
    }

    // MARK: Names beside lines

    struct Name {
        let text: String
        let style: SeriesStyle
        /// The end of the line.
        let x: Double
        let y: Double
    }

    /// Names in a column on the right, each as near to the height of its line as the others let it, with a thin line to it.
    func names(_ names: [Name]) -> String {
        guard namesLines else { return "" }
        let sorted = names.sorted { $0.y < $1.y }
        let places = ChartLayout.spread(
            sorted.map(\.y), apart: ChartLayout.nameHeight, from: top, to: bottom)
        return zip(sorted, places).map { name, y in
            let x = right + 18
            let leader = Markup.line(name.x + 6, name.y, x - 4, y, style: "leader \(name.style.colourClass)")
            let text = Markup.shortened(name.text, to: ChartLayout.longestName)
            return leader + Markup.label(text, x: x, y: y + 4, style: "line-name \(name.style.colourClass)")
        }.joined()
    }

    /// Moves ascending places apart until none is nearer to the next than `apart`, as little as that takes. Places may
    /// pass `end` when there are too many.
    static func spread(_ places: [Double], apart: Double, from start: Double, to end: Double) -> [Double] {
        var result = places
        for index in result.indices {
            let least = index == 0 ? start : result[index - 1] + apart
            result[index] = max(result[index], least)
        }
        var most = max(end, start + Double(max(0, places.count - 1)) * apart)
        for index in result.indices.reversed() {
            result[index] = min(result[index], most)
            most = result[index] - apart
        }
        return result
    }
}
