/// Files with a text on each line.
public enum TextLines {
    /// The lines that are not empty.
    ///
    /// - Throws: `DataError` (`readable`) naming the file.
    public static func read(_ path: String) throws(DataError) -> [String] {
        guard let text = TextFile.read(path) else {
            throw DataError(.readable, path: path, "cannot open: \(systemErrorText())")
        }
        return TextFile.lines(text).filter { !$0.isEmpty }.map(String.init)
    }
}
