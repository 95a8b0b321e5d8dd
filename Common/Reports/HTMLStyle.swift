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
        figure { margin: 0; max-width: 48rem; } figcaption, caption, p { color: var(--soft); }
        figcaption { font-size: 0.9rem; } caption { text-align: left; padding: 0.25rem 0; }
        figure svg { display: block; } .wide svg, .narrow svg { width: 100%; height: auto; }
        .narrow { display: none; }
        .leader { stroke-width: 1; opacity: 0.55; } svg text.line-name { font-weight: 500; }
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
        .bars { list-style: none; margin: 0; padding: 0; }
        .bars li { display: grid; grid-template-columns: 17rem minmax(0, 1fr) 5.5rem; gap: 0.1rem 0.75rem; align-items: center;
        margin: 0.15rem 0; }
        .bar-name { font-size: 0.9rem; overflow-wrap: anywhere; } .bar-track { align-self: center; }
        .bar { display: block; height: 0.8rem; border-radius: 2px; min-width: 2px; }
        .bar-text { font-size: 0.9rem; font-variant-numeric: tabular-nums; }
        .bar-text.missing { grid-column: 2 / -1; color: var(--soft); }
        .advice { border: 1px solid var(--grid); border-left: 4px solid var(--s2); border-radius: 4px; padding: 0.25rem 1rem;
        overflow-wrap: anywhere; }
        .advice h2 { margin-top: 0.5rem; } .advice .choice { color: var(--text); font-weight: 600; }
        details { margin: 2rem 0; } summary { cursor: pointer; }
        pre { overflow: auto; max-height: 24rem; font-size: 0.75rem; background: var(--stripe); padding: 0.5rem; }
        .scroll { overflow-x: auto; margin: 0.5rem 0; } table { border-collapse: collapse; font-size: 0.85rem; }
        th, td { padding: 0.3rem 0.7rem; border-bottom: 1px solid var(--grid); white-space: nowrap; text-align: left; vertical-align: top; }
        td.text { white-space: normal; min-width: 9rem; overflow-wrap: anywhere; }
        tbody tr:nth-child(even) { background: var(--stripe); }
        .number { text-align: right; font-variant-numeric: tabular-nums; }
        dt { font-weight: 600; } dd { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
        @media (max-width: 600px) { .wide { display: none; } .narrow { display: block; }
        .bars li { grid-template-columns: minmax(0, 1fr) auto; margin: 0 0 0.5rem; }
        .bar-name, .bar-text.missing { grid-column: 1 / -1; } }

        """

    private static func colours(_ colours: [String]) -> String {
        colours.enumerated().map { "--s\($0): \($1);" }.joined(separator: " ")
    }

    /// Lines are stroked, markers and bars are filled with the colour of their series.
    private static let classes = SeriesStyle.lightColours.indices.map { number in
        ".front.s\(number), .interval.s\(number), .range.s\(number), .leader.s\(number) { stroke: var(--s\(number)); } "
            + ".best.s\(number), .other.s\(number), svg text.line-name.s\(number) { fill: var(--s\(number)); } "
            + ".bar.s\(number) { background: var(--s\(number)); }"
    }.joined(separator: "\n")
}
