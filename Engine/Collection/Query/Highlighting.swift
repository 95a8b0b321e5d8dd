/// Highlights the texts of the hits of one search.
struct Highlighting {
    /// By output field: one highlighter for each query.
    private let highlighters: [String: [Highlighter]]

    /// - Parameters:
    ///   - position: of the vector field that is searched.
    ///   - filter: whose terms are shown too.
    /// - Throws: `ApusError` with code `invalidArgument` if the request asks for highlights that it cannot have.
    init(
        _ request: SearchRequest, schema: Schema, searching position: Int, queryCount: Int, filter: Filter?
    ) throws {
        guard let highlight = request.highlight else {
            highlighters = [:]
            return
        }
        try highlight.check()
        let fields = try OutputFields(request.outputFields, schema: schema).names
            .compactMap { schema.position(of: $0) }.map { schema.fields[$0] }.filter { $0.text != nil }
        guard !fields.isEmpty else {
            throw ApusError(
                .invalidArgument, "a highlight needs a text field with an analyzer among the output fields")
        }
        if let name = highlight.texts.keys.sorted().first(where: { name in !fields.contains { $0.name == name } }) {
            throw ApusError(
                .invalidArgument, "the highlight names '\(name)', which is no output field with an analyzer")
        }
        let input = schema.function(writing: position)?.input
        var highlighters: [String: [Highlighter]] = [:]
        for field in fields {
            let analyzer = try field.analyzer()
            let given = highlight.texts[field.name].map { [$0] } ?? []
            let wanted = filter?.matchedTerms(of: try schema.requirePosition(of: field.name)) ?? []
            highlighters[field.name] = (0..<queryCount).map { query in
                let searched = field.name == input ? request.queries.text(query).map { [$0] } ?? [] : []
                return Highlighter(highlight, analyzer: analyzer, texts: given + searched, terms: wanted)
            }
        }
        self.highlighters = highlighters
    }

    /// The highlights of one hit, by output field.
    func results(forQuery query: Int, _ fields: [String: Value]) -> [String: HighlightResult] {
        var results: [String: HighlightResult] = [:]
        for (name, highlighters) in highlighters {
            if case .text(let text)? = fields[name] { results[name] = highlighters[query].result(for: text) }
        }
        return results
    }
}

extension QueryVectors {
    /// The text of one query; nil if queries are vectors.
    fileprivate func text(_ query: Int) -> String? {
        if case .texts(let texts) = self { texts[query] } else { nil }
    }
}
