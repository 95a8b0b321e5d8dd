/// A data file that cannot be used, or cannot be written: which check failed, where, and what to do.
public struct DataError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The checks that data go through, by the names that messages show.
    public enum Check: String, Sendable, CaseIterable {
        case readable
        case writable
        case knownFormat = "known-format"
        case elementType = "element-type"
        case header
        case arrayOrder = "array-order"
        case byteOrder = "byte-order"
        case dimensionRange = "dimension-range"
        case constantDimension = "constant-dimension"
        case fileSize = "file-size"
        case truncated
        case memory
        case finite
        case valueRange = "value-range"
        case idRange = "id-range"
        case distinctIDs = "distinct-ids"
        case truthOrder = "truth-order"
        case matchingRows = "matching-rows"
        case textRow = "text-row"
        case json
        case located
    }

    /// Where in a file the fault lies.
    public enum Place: Sendable, Equatable {
        case file
        case offset(Int)
        case row(Int)
        case cell(row: Int, column: Int)
        case line(Int)
    }

    public let check: Check
    public let path: String
    public let place: Place
    /// What was found, what was expected, and the remedy where there is one.
    public let message: String

    public init(_ check: Check, path: String, place: Place = .file, _ message: String) {
        self.check = check
        self.path = path
        self.place = place
        self.message = message
    }

    public var description: String {
        let location =
            switch place {
            case .file: ""
            case .offset(let offset): ", offset \(offset)"
            case .row(let row): ", row \(row)"
            case .cell(let row, let column): ", row \(row), column \(column)"
            case .line(let line): ", line \(line)"
            }
        return "\(path)\(location): check \(check.rawValue) failed: \(message)"
    }
}
