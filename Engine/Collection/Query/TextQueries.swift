extension QueryVectors {
    /// The queries as vectors: texts become sparse vectors of their terms.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` if no function writes the field that texts should search.
    func analyzed(forFieldAt position: Int, _ schema: Schema) throws -> QueryVectors {
        guard case .texts(let texts) = self else { return self }
        guard let function = schema.function(writing: position) else {
            throw ApusError(
                .invalidArgument,
                "field '\(schema.fields[position].name)' is not written by a BM25 function; search it by vectors")
        }
        var counter = TermCounter(try schema.fields[schema.requirePosition(of: function.input)].analyzer())
        return .sparse(texts.map { counter.vector(of: $0) })
    }
}

extension Collection {
    /// What the analyzer of a text field makes of a text.
    ///
    /// - Throws: `ApusError` with code `notFound` or `invalidArgument` if there is no such field or it has no analyzer.
    public func runAnalyzer(_ text: String, field: String) throws -> [Term] {
        try schema.fields[schema.requirePosition(of: field)].analyzer().terms(of: text)
    }
}
