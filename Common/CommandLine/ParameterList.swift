/// Named parameters in the order in which they were given, such as `M=16,efConstruction=200`.
public struct ParameterList: Sendable, Equatable, Hashable, CustomStringConvertible {
    public struct Entry: Sendable, Equatable, Hashable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public let entries: [Entry]

    public init(_ entries: [Entry] = []) {
        self.entries = entries
    }

    public var isEmpty: Bool { entries.isEmpty }

    /// The value of a parameter, or nil when it was not given.
    public subscript(name: String) -> String? {
        entries.first { $0.name == name }?.value
    }

    public var dictionary: [String: String] {
        Dictionary(entries.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last })
    }

    /// `name=value` pairs parted by commas, as they are typed.
    public var description: String {
        entries.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
    }

    /// A JSON object; values that are numbers are written as numbers.
    public var json: JSONValue {
        .object(
            entries.map { entry in
                if let integer = Int64(entry.value) { return JSONValue.Member(entry.name, .integer(integer)) }
                if let number = Double(entry.value), number.isFinite {
                    return JSONValue.Member(entry.name, .number(number))
                }
                return JSONValue.Member(entry.name, .string(entry.value))
            })
    }

    /// The parameters in a JSON object; nil when `json` is none.
    public init?(json: JSONValue) {
        guard case .object(let members) = json else { return nil }
        entries = members.compactMap { member in
            switch member.value {
            case .string(let text): Entry(member.name, text)
            case .integer(let integer): Entry(member.name, "\(integer)")
            case .number(let number): Entry(member.name, "\(number)")
            case .bool(let value): Entry(member.name, "\(value)")
            default: nil
            }
        }
    }
}

/// An index to build: its type and its parameters.
public struct IndexSpecification: Sendable, Equatable, CustomStringConvertible {
    public let type: String
    public let parameters: ParameterList

    public init(type: String, parameters: ParameterList = ParameterList()) {
        self.type = type
        self.parameters = parameters
    }

    public var description: String {
        parameters.isEmpty ? type : "\(type)(\(parameters))"
    }
}

/// Reads `HNSW(M=16,efConstruction=200)`, or a type alone.
public func parseIndexSpecification(_ text: String) throws(UsageError) -> IndexSpecification {
    let trimmed = TextFile.trimmed(text)
    let type = String(trimmed.prefix { $0 != "(" })
    guard !type.isEmpty, type.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) else {
        throw UsageError("index '\(text)': expected TYPE or TYPE(name=value,...), such as HNSW(M=16)")
    }
    let rest = trimmed.dropFirst(type.count)
    guard !rest.isEmpty else { return IndexSpecification(type: type) }
    guard rest.last == ")", rest.count > 1 else {
        throw UsageError("index '\(text)': the parameters must end with ')'")
    }
    let inside = TextFile.trimmed(rest.dropFirst().dropLast())
    let pairs = inside.isEmpty ? [] : inside.split(separator: ",", omittingEmptySubsequences: false)
    var entries: [ParameterList.Entry] = []
    for pair in pairs {
        let (name, value) = try parseAssignment(String(pair), in: "index '\(text)'")
        guard !entries.contains(where: { $0.name == name }) else {
            throw UsageError("index '\(text)': \(name) is given twice")
        }
        entries.append(ParameterList.Entry(name, value))
    }
    return IndexSpecification(type: type, parameters: ParameterList(entries))
}

/// Reads `nprobe=8,16 reorder_k=50,100` and returns every combination, the last parameter changing fastest.
///
/// An empty text means no parameters: one empty list.
public func parseSearchGrid(_ text: String) throws(UsageError) -> [ParameterList] {
    var grid: [[ParameterList.Entry]] = [[]]
    var names = Set<String>()
    for word in text.split(whereSeparator: \.isWhitespace) {
        let (name, list) = try parseAssignment(String(word), in: "search '\(text)'")
        guard names.insert(name).inserted else {
            throw UsageError("search '\(text)': \(name) is given twice")
        }
        let values = list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard values.allSatisfy({ !$0.isEmpty }) else {
            throw UsageError("search '\(text)': a value of \(name) is empty")
        }
        grid = grid.flatMap { row in values.map { row + [ParameterList.Entry(name, $0)] } }
    }
    return grid.map { ParameterList($0) }
}

private func parseAssignment(
    _ text: String, in context: String
) throws(UsageError) -> (name: String, value: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = TextFile.trimmed(parts[0])
    guard parts.count == 2, !name.isEmpty, !TextFile.trimmed(parts[1]).isEmpty else {
        throw UsageError("\(context): expected name=value instead of '\(TextFile.trimmed(text))'")
    }
    return (name, TextFile.trimmed(parts[1]))
}
