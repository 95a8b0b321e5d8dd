/// Paths into JSON documents as index parameters write them: `field["name"][0]`, with the field in front or left out; the
/// name of a dynamic field may stand alone.
enum JSONPathParser {
    /// The steps of a path; nil if the text is none.
    static func parse(_ text: String, field: String) -> [JSONKey]? {
        var rest = Substring(text)
        var keys: [JSONKey] = []
        let head = rest.prefix { $0 != "[" }
        if !head.isEmpty, head != field { keys.append(.member(String(head))) }
        rest = rest.dropFirst(head.count)
        while rest.first == "[" {
            rest = rest.dropFirst()
            guard let key = takeKey(&rest), rest.first == "]" else { return nil }
            keys.append(key)
            rest = rest.dropFirst()
        }
        return rest.isEmpty ? keys : nil
    }

    private static func takeKey(_ rest: inout Substring) -> JSONKey? {
        if let quote = rest.first, quote == "\"" || quote == "'" {
            rest = rest.dropFirst()
            guard let name = takeName(endedBy: quote, &rest) else { return nil }
            return .member(name)
        }
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        return Int(digits).map { .element($0) }
    }

    /// The text up to a quotation mark; a backslash takes the meaning from the character behind it.
    private static func takeName(endedBy quote: Character, _ rest: inout Substring) -> String? {
        var name = ""
        while let character = rest.popFirst() {
            if character == quote { return name }
            guard character == "\\" else {
                name.append(character)
                continue
            }
            guard let escaped = rest.popFirst() else { return nil }
            name.append(escaped)
        }
        return nil
    }
}
