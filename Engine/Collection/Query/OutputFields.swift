/// The fields that a query or search returns with each entity, resolved to their places.
struct OutputFields: Sendable {
    private struct Output {
        let name: String
        let position: Int
        /// The key of the dynamic field that is asked for; nil for a field as a whole.
        let key: JSONKey?
    }

    private let outputs: [Output]

    /// - Parameter names: `*` stands for all fields. Where the schema is dynamic, other names are keys of its objects.
    /// - Throws: `ApusError` with code `notFound` for a name that no field has.
    init(_ names: [String], schema: Schema) throws {
        var seen: Set<String> = []
        outputs = try names.flatMap { $0 == "*" ? schema.fields.map(\.name) : [$0] }
            .filter { seen.insert($0).inserted }
            .map { name in
                if let dynamic = schema.dynamicFieldIndex, schema.position(of: name) == nil {
                    return Output(name: name, position: dynamic, key: .member(name))
                }
                return Output(name: name, position: try schema.requirePosition(of: name), key: nil)
            }
    }

    var isEmpty: Bool { outputs.isEmpty }

    /// The names, each once, in the order asked for.
    var names: [String] { outputs.map(\.name) }

    /// The values of a row. A dynamic key that the row lacks has none.
    func values(of segment: any Segment, row: Int) throws -> [String: Value] {
        if outputs.isEmpty { return [:] }
        var values: [String: Value] = [:]
        values.reserveCapacity(outputs.count)
        var dynamic: String?
        for output in outputs {
            guard let key = output.key else {
                values[output.name] = try segment.value(field: output.position, row: row)
                continue
            }
            if dynamic == nil, case .json(let text) = try segment.value(field: output.position, row: row) {
                dynamic = text
            }
            values[output.name] = dynamic.flatMap { Value(key, ofObject: $0) }
        }
        return values
    }
}

extension Value {
    /// The value of a key of a JSON document; nil if it is not there.
    fileprivate init?(_ key: JSONKey, ofObject text: String) {
        var text = text
        let value = text.withUTF8 { bytes in
            let document = JSONDocument(UnsafeRawBufferPointer(bytes))
            return document.value(at: [key]).map { Value($0, of: document) }
        }
        guard let value else { return nil }
        self = value
    }
}
