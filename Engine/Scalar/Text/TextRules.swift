/// What makes the text fields and functions of a schema valid.
enum TextRules {
    /// - Throws: `ApusError` with code `invalidArgument` that names the field or function and the remedy.
    static func check(_ schema: Schema) throws {
        for field in schema.fields where field.text != nil { try check(field) }
        var names: Set<String> = []
        var outputs: [String: String] = [:]
        for function in schema.functions {
            guard !function.name.isEmpty, function.name.utf8.count <= Limits.nameBytes else {
                throw invalid(function, "a function needs a name of at most \(Limits.nameBytes) bytes")
            }
            guard names.insert(function.name).inserted else {
                throw invalid(function, "it is defined twice; rename one of them")
            }
            try check(function, schema)
            if let other = outputs.updateValue(function.name, forKey: function.output) {
                throw invalid(function, "function '\(other)' writes '\(function.output)' already; give each its own")
            }
        }
    }

    private static func check(_ field: Field) throws {
        guard case .varchar = field.type else {
            throw ApusError(
                .invalidArgument, "field '\(field.name)': only VarChar has an analyzer, not \(field.type)")
        }
        do {
            _ = try field.analyzer()
        } catch let error as ApusError {
            throw ApusError(error.code, "field '\(field.name)': \(error.message)")
        }
    }

    private static func check(_ function: BM25Function, _ schema: Schema) throws {
        let input = try field(function.input, of: function, schema)
        guard case .varchar = input.type, input.text != nil else {
            throw invalid(function, "its input '\(input.name)' must be a VarChar field with an analyzer")
        }
        let output = try field(function.output, of: function, schema)
        guard output.type == .sparseFloatVector else {
            throw invalid(function, "its output '\(output.name)' must be a SparseFloatVector field, not \(output.type)")
        }
    }

    private static func field(_ name: String, of function: BM25Function, _ schema: Schema) throws -> Field {
        guard let position = schema.position(of: name) else { throw invalid(function, "there is no field '\(name)'") }
        return schema.fields[position]
    }

    private static func invalid(_ function: BM25Function, _ problem: String) -> ApusError {
        ApusError(.invalidArgument, "function '\(function.name)': \(problem)")
    }
}

extension Field {
    /// How the texts of the field are divided into terms.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` if the field has no analyzer.
    func analyzer() throws -> Analyzer {
        guard let text else {
            throw ApusError(.invalidArgument, "field '\(name)' has no analyzer; give it one when it is created")
        }
        return try .shared(text.analyzer)
    }

    /// The same for filters.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` if the field is not open to them.
    func matchAnalyzer() throws -> Analyzer {
        guard let text, text.isMatched else {
            throw ApusError(.invalidArgument, "field \"\(name)\" does not enable match; create it with isMatched")
        }
        return try .shared(text.analyzer)
    }
}

extension Schema {
    /// The function that writes a field; nil if callers do.
    func function(writing position: Int) -> BM25Function? {
        functions.isEmpty ? nil : functions.first { $0.output == fields[position].name }
    }
}
