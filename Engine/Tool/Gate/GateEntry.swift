import Common

/// One setting of the regression gate: what must come out the same as long as nobody changes it on purpose.
struct GateEntry: Equatable {
    /// Data, metric, index and search.
    let name: String
    /// The values by name, in the order in which they are written.
    let values: [JSONValue.Member]

    var json: JSONValue { .object([.init("name", .string(name))] + values) }

    init(name: String, values: [JSONValue.Member]) {
        self.name = name
        self.values = values
    }

    init?(json: JSONValue) {
        guard case .object(let members) = json, let name = json["name"]?.stringValue else { return nil }
        self.name = name
        values = members.filter { $0.name != "name" }
    }
}

/// The accepted results, as they lie in a file.
struct GateBaseline {
    /// The kernel variant that made the entries: sums of floats differ between variants.
    let kernels: String
    let entries: [GateEntry]

    static let defaultPath = "results/baseline.json"

    /// - Throws: `DataError` if the file is there and is no baseline.
    /// - Returns: nil if there is no file.
    static func read(_ path: String) throws -> GateBaseline? {
        guard let text = SystemFile.text(path) else { return nil }
        let damaged = DataError(
            .json, path: path, "this is no baseline; restore it, or write it anew by 'apus bench --accept'")
        guard let json = try? JSONValue(parsing: text), let kernels = json["kernels"]?.stringValue,
            let entries = json["entries"]?.arrayValue?.map(GateEntry.init),
            !entries.contains(where: { $0 == nil })
        else { throw damaged }
        return GateBaseline(kernels: kernels, entries: entries.compactMap { $0 })
    }

    /// Writes a line for each entry, so that a change shows as a changed line.
    func write(_ path: String) throws {
        let lines = try entries.map { "    " + (try $0.json.text()) }.joined(separator: ",\n")
        let kernels = try JSONValue.string(kernels).text()
        try TextOutput.write("{\n  \"kernels\": \(kernels),\n  \"entries\": [\n\(lines)\n  ]\n}\n", to: path)
    }

    /// Every value that is not the same in `found`, as (entry, value, accepted, found).
    func differences(to found: GateBaseline) -> [[String]] {
        var differences: [[String]] = []
        if kernels != found.kernels {
            differences.append(["all", "kernels", kernels, found.kernels])
        }
        let names =
            entries.map(\.name)
            + found.entries.map(\.name).filter { name in
                !entries.contains { $0.name == name }
            }
        for name in names {
            let old = entries.first { $0.name == name }
            let new = found.entries.first { $0.name == name }
            differences += Self.differences(name, old, new)
        }
        return differences
    }

    private static func differences(_ name: String, _ old: GateEntry?, _ new: GateEntry?) -> [[String]] {
        guard let old else { return [[name, "entry", "missing", "there"]] }
        guard let new else { return [[name, "entry", "there", "missing"]] }
        var keys = old.values.map(\.name)
        keys += new.values.map(\.name).filter { !keys.contains($0) }
        return keys.compactMap { key in
            let before = old.values.first { $0.name == key }?.value
            let after = new.values.first { $0.name == key }?.value
            return before == after ? nil : [name, key, text(before), text(after)]
        }
    }

    private static func text(_ value: JSONValue?) -> String {
        value.flatMap { try? $0.text() } ?? "missing"
    }
}
