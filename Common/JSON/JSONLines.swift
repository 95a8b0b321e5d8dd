/// Files with one JSON value per line.
public enum JSONLines {
    /// Adds values at the end of a file, which is made when it is not there. Nothing is written when one of
    /// the values cannot be.
    public static func append(_ values: [JSONValue], to path: String) throws {
        let lines = try values.map { try $0.text() + "\n" }
        let file = try FileWriter(appendingTo: path)
        try file.append(lines.joined().utf8)
        try file.finish()
    }

    /// Replaces a file by the given values.
    public static func write(_ values: [JSONValue], to path: String) throws {
        let lines = try values.map { try $0.text() + "\n" }
        try TextOutput.write(lines.joined(), to: path)
    }

    /// Reads all values; empty lines are passed over.
    ///
    /// - Throws: `DataError` with the line of the first that is not JSON.
    public static func read(_ path: String) throws(DataError) -> [JSONValue] {
        guard let text = TextFile.read(path) else {
            throw DataError(.readable, path: path, "cannot open: \(systemErrorText())")
        }
        var values: [JSONValue] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard !line.allSatisfy(\.isWhitespace) else { continue }
            do {
                values.append(try JSONValue(parsing: String(line)))
            } catch {
                throw DataError(.json, path: path, place: .line(index + 1), error.description)
            }
        }
        return values
    }
}

/// Writes texts to files.
public enum TextOutput {
    /// Replaces the file by `text`.
    public static func write(_ text: String, to path: String) throws(DataError) {
        let file = try FileWriter(path: path)
        try file.append(text.utf8)
        try file.finish()
    }
}
