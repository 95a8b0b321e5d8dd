/// How a scalar field is indexed: a type and the parameters of the build.
public struct ScalarIndexDefinition: Sendable, Hashable {
    public let type: ScalarIndexType
    /// Every parameter of the type, the ones not given at their defaults.
    public let parameters: Parameters

    /// - Throws: `ApusError` with code `invalidArgument` for an unknown parameter or a value out of its range; the
    ///   message names the parameter and the range.
    public init(_ type: ScalarIndexType, parameters: Parameters = [:]) throws {
        self.type = type
        self.parameters = try ParameterRule.resolve(
            parameters, against: type.buildParameters, owner: "index type \(type.rawValue)")
        try checkGrams()
    }

    private func checkGrams() throws {
        guard type == .ngram else { return }
        guard let least = parameters.integer("min_gram"), let most = parameters.integer("max_gram") else {
            throw ApusError(.invalidArgument, "NGRAM index must specify both min_gram and max_gram")
        }
        guard least <= most else {
            throw ApusError(
                .invalidArgument,
                "min_gram (\(least)) of index type NGRAM is above max_gram (\(most)); give 0 < min_gram <= max_gram")
        }
    }

    /// Lengths of the runs of characters that NGRAM keeps.
    var gramLengths: ClosedRange<Int> { parameters.integer("min_gram")!...parameters.integer("max_gram")! }

    /// What a value of a JSON field is indexed as.
    var cast: ScalarCast? { parameters.text("json_cast_type").flatMap(ScalarCast.init) }

    /// The path into a JSON field as it was given.
    var jsonPath: String? { parameters.text("json_path") }

    /// What the index is about if it is made for a field that it fits.
    func path(ofFieldAt field: Int, named name: String) -> ScalarPath {
        ScalarPath(field: field, keys: jsonPath.flatMap { JSONPathParser.parse($0, field: name) } ?? [])
    }
}

// MARK: What suits which field

extension ScalarIndexDefinition {
    /// - Throws: `ApusError` with code `invalidArgument` that names the field, what does not suit it and the remedy.
    func check(fits field: Field, isPrimaryKey: Bool) throws {
        if let misfit = misfit(with: field, isPrimaryKey: isPrimaryKey) {
            throw ApusError(.invalidArgument, "field '\(field.name)' of type \(field.type): \(misfit)")
        }
    }

    /// Why the index cannot be made for a field; nil if it can.
    func misfit(with field: Field, isPrimaryKey: Bool) -> String? {
        if field.type.isVector { return "index type \(type.rawValue) is for scalar fields; use one for vectors" }
        if field.type == .json { return misfitWithJSON(field) }
        if jsonPath != nil || cast != nil {
            return "json_path and json_cast_type are for JSON fields only; leave them out"
        }
        switch type {
        case .inverted, .hybrid, .autoIndex: return nil
        case .bitmap: return misfitOfBitmap(field.type, isPrimaryKey: isPrimaryKey)
        case .stlSort:
            return field.type.isNumber || field.type.isText
                ? nil : "STL_SORT are only supported on numeric, varchar or timestamptz field; use INVERTED"
        case .trie: return field.type.isText ? nil : "TRIE are only supported on varchar field; use INVERTED"
        case .ngram: return field.type.isText ? nil : "NGRAM are only supported on varchar or JSON field; use INVERTED"
        }
    }

    private func misfitOfBitmap(_ type: DataType, isPrimaryKey: Bool) -> String? {
        if isPrimaryKey { return "bitmap index doesn't support primary key, whose values are all different" }
        switch type.elementType ?? type {
        case .float, .double:
            return "bitmap index are only supported on bool, int, string and array field; use STL_SORT or INVERTED"
        default: return nil
        }
    }

    private func misfitWithJSON(_ field: Field) -> String? {
        guard [.inverted, .ngram, .autoIndex, .hybrid].contains(type) else {
            return "index type \(type.rawValue) does not suit it; use INVERTED, NGRAM or AUTOINDEX with a json_path"
        }
        guard let jsonPath, let cast else {
            return "json_path and json_cast_type must be given for a JSON field, such as "
                + "\(field.name)[\"price\"] and DOUBLE"
        }
        guard let keys = JSONPathParser.parse(jsonPath, field: field.name) else {
            return "json_path '\(jsonPath)' cannot be read; write it as \(field.name)[\"name\"][0]"
        }
        if keys.isEmpty { return "json_path '\(jsonPath)' names no value inside of the document" }
        if type == .ngram, cast != .varchar { return "NGRAM takes json_cast_type VARCHAR only" }
        let convertsText = parameters.text("json_cast_function") != nil
        return convertsText && cast != .double
            ? "json_cast_function STRING_TO_DOUBLE takes json_cast_type DOUBLE only" : nil
    }
}

extension DataType {
    /// The type of the elements of an array; nil for any other type.
    var elementType: DataType? {
        if case .array(let element, _) = self { element.dataType } else { nil }
    }

    var isText: Bool { if case .varchar = self { true } else { false } }

    /// Whether values are integers or floating point numbers.
    var isNumber: Bool {
        switch self {
        case .int8, .int16, .int32, .int64, .float, .double: true
        default: false
        }
    }
}
