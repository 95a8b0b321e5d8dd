extension Value {
    /// What stands in a JSON document as a value: numbers with a fraction as doubles, arrays and objects as JSON.
    init(_ scalar: JSONScalar, of document: JSONDocument) {
        switch scalar {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .double(value)
        case .text(let value): self = .text(value)
        case .array(let range), .object(let range): self = .json(document.text(in: range))
        }
    }
}
