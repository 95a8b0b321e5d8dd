/// Reads Milvus's `analyzer_params`.
///
/// Whatever is not known is refused by name: an analyzer that silently left a step out would give other terms than the
/// caller believes.
enum AnalyzerParameters {
    static func analyzer(_ text: String) throws -> Analyzer {
        guard !text.isEmpty else { return .standard }
        let tree: JSONTree
        do {
            tree = try JSONTree(text)
        } catch {
            throw ApusError(.invalidArgument, "the analyzer parameters are not valid: \(error)")
        }
        guard case .object(let members) = tree else {
            throw ApusError(
                .invalidArgument,
                "the analyzer parameters must be a JSON object, such as {\"type\": \"english\"}")
        }
        let object = ParameterObject(members, owner: "the analyzer")
        if members.isEmpty { return .standard }
        return try members["type"] == nil ? custom(object) : named(object)
    }

    private static func named(_ object: ParameterObject) throws -> Analyzer {
        switch try object.text("type") {
        case "standard":
            try object.permit(["type", "stop_words"])
            let words = try object.stopWords()
            return words.isEmpty
                ? .standard : Analyzer(.standard, [.lowercase, .stop(TermTable(words.map { $0.lowercased() }))])
        case "english":
            try object.permit(["type", "stop_words"])
            return .english(droppingAlso: try object.stopWords().map { $0.lowercased() })
        case "chinese":
            try object.permit(["type"])
            return .chinese
        case let other: throw object.refusal("type", other, permitted: ["standard", "english", "chinese"])
        }
    }

    private static func custom(_ object: ParameterObject) throws -> Analyzer {
        try object.permit(["tokenizer", "filter"])
        let filters = try object.list("filter").enumerated().map { try filter($1, number: $0) }
        return Analyzer(try tokenizer(object), filters)
    }

    // MARK: Tokenizers

    private static let tokenizerNames = ["standard", "whitespace", "jieba", "lindera", "icu"]

    private static func tokenizer(_ object: ParameterObject) throws -> Tokenizer {
        guard let given = object.members["tokenizer"] else {
            throw ApusError(
                .invalidArgument,
                "the analyzer has neither 'type' nor 'tokenizer'; tokenizers are \(tokenizerNames.list)")
        }
        let tokenizer = try ParameterObject(naming: given, owner: "the tokenizer")
        switch try tokenizer.text("type") {
        case "standard", "jieba", "icu":
            // Dictionaries are not shipped: bigrams stand for the words of Chinese, Japanese and Korean.
            try tokenizer.permit(["type"])
            return .standard
        case "lindera":
            try tokenizer.permit(["type", "dict_kind"])
            return .standard
        case "whitespace":
            try tokenizer.permit(["type"])
            return .whitespace
        case let other: throw tokenizer.refusal("type", other, permitted: tokenizerNames)
        }
    }

    // MARK: Filters

    private static let filterNames = [
        "lowercase", "asciifolding", "alphanumonly", "cnalphanumonly", "cncharonly", "removepunct", "stop", "stemmer",
        "length",
    ]

    private static func filter(_ given: JSONTree, number: Int) throws -> TermFilter {
        let filter = try ParameterObject(naming: given, owner: "filter \(number) of the analyzer")
        let name = try filter.text("type")
        switch name {
        case "stop":
            try filter.permit(["type", "stop_words"])
            return .stop(TermTable(try filter.stopWords()))
        case "stemmer":
            try filter.permit(["type", "language"])
            let language = try filter.text("language")
            guard language == "english" else { throw filter.refusal("language", language, permitted: ["english"]) }
            return .englishStemmer
        case "length":
            try filter.permit(["type", "max"])
            return .length(maximum: try filter.count("max"))
        default:
            guard let plain = plainFilter(name) else {
                throw filter.refusal("type", name, permitted: filterNames)
            }
            try filter.permit(["type"])
            return plain
        }
    }

    private static func plainFilter(_ name: String) -> TermFilter? {
        switch name {
        case "lowercase": .lowercase
        case "asciifolding": .asciiFolding
        case "alphanumonly": .alphanumericOnly
        case "cnalphanumonly": .chineseAlphanumericOnly
        case "cncharonly": .chineseOnly
        case "removepunct": .withoutPunctuation
        default: nil
        }
    }
}

/// One JSON object among the parameters of an analyzer, with how errors call it.
private struct ParameterObject {
    let members: [String: JSONTree]
    private let owner: String

    init(_ members: [String: JSONTree], owner: String) {
        self.members = members
        self.owner = owner
    }

    /// Takes a name alone for an object with that type.
    init(naming given: JSONTree, owner: String) throws {
        switch given {
        case .text(let name): self.init(["type": .text(name)], owner: owner)
        case .object(let members): self.init(members, owner: owner)
        default:
            throw ApusError(.invalidArgument, "\(owner) must be a name, or an object with a 'type'")
        }
    }

    func permit(_ names: [String]) throws {
        guard let other = members.keys.sorted().first(where: { !names.contains($0) }) else { return }
        throw ApusError(.invalidArgument, "\(owner) takes no parameter '\(other)'; it takes \(names.list)")
    }

    func refusal(_ name: String, _ given: String, permitted: [String]) -> ApusError {
        ApusError(.invalidArgument, "\(owner) has \(name) '\(given)'; permitted are \(permitted.list)")
    }

    func text(_ name: String) throws -> String {
        guard case .text(let text)? = members[name] else {
            throw ApusError(.invalidArgument, "\(owner) needs a text as '\(name)'")
        }
        return text
    }

    func list(_ name: String) throws -> [JSONTree] {
        switch members[name] {
        case nil: return []
        case .list(let elements): return elements
        default: throw ApusError(.invalidArgument, "\(owner) needs a list as '\(name)'")
        }
    }

    func count(_ name: String) throws -> Int {
        guard case .number(let number)? = members[name], number >= 1, number <= Double(Limits.varcharBytes),
            number == number.rounded()
        else {
            throw ApusError(.invalidArgument, "\(owner) needs a number from 1 to \(Limits.varcharBytes) as '\(name)'")
        }
        return Int(number)
    }

    /// A list of words or one word, where `_english_` stands for the English list.
    func stopWords() throws -> [String] {
        var given = members["stop_words"] ?? .list([])
        if case .text = given { given = .list([given]) }
        guard case .list(let elements) = given else {
            throw ApusError(.invalidArgument, "\(owner) needs a list of words as 'stop_words'")
        }
        return try elements.flatMap { element -> [String] in
            guard case .text(let word) = element else {
                throw ApusError(.invalidArgument, "\(owner) has a stop word that is no text; give texts only")
            }
            guard word.hasPrefix("_"), word.hasSuffix("_"), word.count > 2 else { return [word] }
            guard word == StopWords.englishName else {
                throw refusal("stop_words", word, permitted: [StopWords.englishName, "words of your own"])
            }
            return StopWords.english
        }
    }
}

extension [String] {
    fileprivate var list: String { joined(separator: ", ") }
}
