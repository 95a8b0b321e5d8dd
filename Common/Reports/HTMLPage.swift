/// The parts that pages have in common.
enum HTMLPage {
    static func render(title: String, _ content: String) -> String {
        let head =
            Markup.empty("meta", ["charset": "utf-8"])
            + Markup.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
            + Markup.element("title", [:], Markup.text(title)) + Markup.element("style", [:], HTMLStyle.sheet)
        let body = Markup.element("main", [:], Markup.element("h1", [:], Markup.text(title)) + content)
        return "<!DOCTYPE html>\n"
            + Markup.element(
                "html", ["lang": "en"],
                Markup.element("head", [:], head) + "\n" + Markup.element("body", [:], body)) + "\n"
    }

    static func table(_ table: ReportTable, caption: String) -> String {
        func alignment(_ column: Int) -> String { table.columns[column].isNumber ? "number" : "text" }
        let header = table.columns.enumerated().map {
            Markup.element("th", ["scope": "col", "class": alignment($0)], Markup.text($1.title))
        }
        let rows = table.rows.map { row in
            let cells = row.enumerated().map {
                Markup.element("td", ["class": alignment($0)], Markup.text($1))
            }
            return Markup.element("tr", [:], cells.joined()) + "\n"
        }
        let content =
            Markup.element("caption", [:], Markup.text(caption))
            + Markup.element("thead", [:], Markup.element("tr", [:], header.joined()))
            + Markup.element("tbody", [:], rows.joined())
        return Markup.element(
            "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption],
            Markup.element("table", [:], content))
    }

    static func figure(_ content: String, _ caption: String) -> String {
        Markup.element("figure", [:], content + Markup.element("figcaption", [:], Markup.text(caption)))
    }

    /// The lines that everything above was made of, to be copied into a file for `apus bench compare`.
    static func rawData(_ lines: [String]) -> String {
        guard !lines.isEmpty else { return "" }
        return Markup.element(
            "details", [:],
            Markup.element("summary", [:], "Raw data, a line of JSON for each setting, with the rate of each pass")
                + Markup.element("pre", ["tabindex": "0"], lines.map { Markup.text($0) }.joined(separator: "\n")))
    }
}
