/// The style sheet of the report.
enum HTMLStyle {
    static let sheet = """

        :root { color-scheme: light dark; --page: #ffffff; --text: #1c1c1e; --soft: #5a5a60; --grid: #dedee3;
        --stripe: #f5f5f7; \(colours(SeriesStyle.lightColours)) }
        @media (prefers-color-scheme: dark) { :root { --page: #17181b; --text: #ececee; --soft: #a9a9b0;
        --grid: #3a3b40; --stripe: #202126; \(colours(SeriesStyle.darkColours)) } }
        body { margin: 0; background: var(--page); color: var(--text);
        font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
        main { max-width: 64rem; margin: 0 auto; padding: 1rem; }
        h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.3rem; margin-top: 2.5rem; }
        h3 { font-size: 1.05rem; margin: 2rem 0 0.5rem; }
        figure { margin: 0; max-width: 46rem; } figcaption, caption, p { color: var(--soft); }
        figcaption { font-size: 0.9rem; } caption { text-align: left; padding: 0.25rem 0; }
        figure > svg { width: 100%; height: auto; display: block; }
        svg text { font-size: 13px; fill: var(--text); font-family: inherit; }
        svg text.name, svg text.missing { fill: var(--soft); }
        svg text.backed { paint-order: stroke; stroke: var(--page); stroke-width: 4px; }
        .grid { stroke: var(--grid); stroke-width: 1; }
        .front { fill: none; stroke-width: 2; } .best { stroke: var(--page); stroke-width: 1; }
        .other { opacity: 0.5; } .interval { stroke-width: 1.5; opacity: 0.45; } .range { stroke-width: 2; }
        \(classes)
        .legend { list-style: none; margin: 0.25rem 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
        .legend li { display: flex; align-items: center; gap: 0.4rem; font-size: 0.9rem; overflow-wrap: anywhere; }
        .legend svg { flex: none; }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.85rem; }
        th, td { padding: 0.3rem 0.7rem; border-bottom: 1px solid var(--grid); white-space: nowrap; text-align: left; }
        tbody tr:nth-child(even) { background: var(--stripe); }
        .number { text-align: right; font-variant-numeric: tabular-nums; }
        dt { font-weight: 600; } dd { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
        @media (max-width: 600px) { svg text { font-size: 15.5px; } }

        """

    private static func colours(_ colours: [String]) -> String {
        colours.enumerated().map { "--s\($0): \($1);" }.joined(separator: " ")
    }

    /// Lines are stroked, markers and bars are filled with the colour of their series.
    private static let classes = SeriesStyle.lightColours.indices.map { number in
        ".front.s\(number), .interval.s\(number), .range.s\(number) { stroke: var(--s\(number)); } "
            + ".best.s\(number), .other.s\(number), .bar.s\(number) { fill: var(--s\(number)); }"
    }.joined(separator: "\n")
}
