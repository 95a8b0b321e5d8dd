/// A JSON document (RFC 8259) as values, for parameters, which are small.
enum JSONTree: Sendable, Equatable {
    case null
    case boolean(Bool)
    case number(Double)
    case text(String)
    case list([JSONTree])
    /// Of equal names the first counts.
    case object([String: JSONTree])

    /// - Throws: `ValueCodec.Misfit` with the byte at which the text stops being JSON.
    init(_ text: String) throws {
        let bytes = try ValueCodec.json(text)
        self = bytes.withUnsafeBytes { bytes in
            let document = JSONDocument(bytes)
            return JSONTree(document.value(at: []), of: document)
        }
    }

    private init(_ value: JSONScalar?, of document: JSONDocument) {
        switch value {
        case nil, .null: self = .null
        case .bool(let flag): self = .boolean(flag)
        case .integer(let number): self = .number(Double(number))
        case .number(let number): self = .number(number)
        case .text(let text): self = .text(text)
        case .array(let range): self = .list(document.elements(of: range).map { JSONTree($0, of: document) })
        case .object(let range):
            let members = document.members(of: range).map {
                ($0.name, JSONTree(document.value(in: $0.value), of: document))
            }
            self = .object(Dictionary(members) { first, _ in first })
        }
    }
}
