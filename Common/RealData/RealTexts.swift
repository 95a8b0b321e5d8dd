/// A WordNet entry.
public struct Gloss: Sendable, Equatable {
    /// The row of its vector.
    public let row: Int
    public let partOfSpeech: PartOfSpeech
    /// The word or words.
    public let lemma: String
    /// What it means, with examples.
    public let gloss: String

    public enum PartOfSpeech: String, Sendable, CaseIterable {
        case noun, verb
        case adjective = "adj"
        case adverb = "adv"
    }
}

/// Real text embeddings: 20,000 WordNet glosses and 500 others as queries, with exact neighbours.
///
/// 384 dimensions, unit length, made for the inner product. `Common/Datasets` holds the data and their licence.
public struct RealTexts: Sendable {
    public static let name = "wordnet-20k"
    /// The distance that the neighbours belong to.
    public static let distance = Distance.innerProduct

    /// The name of the data set, with the number of rows when only some were loaded.
    public let name: String
    public let base: VectorSet
    public let queries: VectorSet
    /// The text of each base row.
    public let texts: [Gloss]
    /// The text of each query.
    public let queryTexts: [Gloss]
    /// The 100 nearest base rows of each query; nil when only some of the rows were loaded.
    public let neighbors: Neighbors?

    /// Loads and checks the whole set.
    ///
    /// - Parameter folder: where it lies; nil looks for it (`DataSets.folder`).
    /// - Throws: `DataError` with the check, the file and the place.
    public static func load(from folder: String? = nil) throws(DataError) -> RealTexts {
        try load(rows: nil, from: folder)
    }

    /// Loads the first `rows` base rows and all queries, for quick runs. The stored neighbours do not
    /// fit a part of the base; `exactNeighbors` computes those that do.
    public static func load(rows: Int, from folder: String? = nil) throws(DataError) -> RealTexts {
        precondition(rows > 0, "a set needs at least one row")
        return try load(rows: .some(rows), from: folder)
    }

    private static func load(rows: Int?, from folder: String?) throws(DataError) -> RealTexts {
        let place = if let folder { folder } else { try DataSets.folder(name) }
        func file(_ name: String) -> String { FilePath.join(place, name) }
        let base = try VectorFile.read(file("base.npy"), rows: rows)
        let queries = try VectorFile.read(file("queries.npy"))
        guard queries.dimension == base.dimension else {
            throw DataError(
                .matchingRows, path: file("queries.npy"),
                "queries have dimension \(queries.dimension), the base has \(base.dimension)")
        }
        let total = try VectorFile.layout(of: file("base.npy")).rows
        let isWhole = base.count == total
        let neighbors = try NeighborFile.read(
            file("neighbors.npy"), baseCount: total, queries: queries.count)
        return RealTexts(
            name: isWhole ? name : "\(name)-first-\(base.count)", base: base, queries: queries,
            texts: try GlossFile.read(file("texts.tsv"), rows: total, keeping: base.count),
            queryTexts: try GlossFile.read(file("queries.tsv"), rows: queries.count, keeping: queries.count),
            neighbors: isWhole ? neighbors : nil)
    }

    /// The exact `k` nearest rows of each query: the stored ones where they fit, else computed.
    public func exactNeighbors(
        k: Int, threads: Int = Parallel.processorCount, progress: Progress? = nil
    ) -> Neighbors {
        if let neighbors, k <= neighbors.k { return Neighbors(ids: neighbors.ids.narrowed(to: k)) }
        return GroundTruth.exact(
            base: base, queries: queries, distance: RealTexts.distance, k: k, threads: threads,
            progress: progress)
    }
}

/// Files of glosses: row number, part of speech, lemma and gloss, parted by tabs, one row per line.
enum GlossFile {
    /// Reads a file that must have `rows` lines and returns the first `kept` of them.
    static func read(_ path: String, rows: Int, keeping kept: Int) throws(DataError) -> [Gloss] {
        guard let bytes = TextFile.bytes(path) else {
            throw DataError(.readable, path: path, "cannot open: \(systemErrorText())")
        }
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.count == rows else {
            throw DataError(.matchingRows, path: path, "\(lines.count) lines for \(rows) vectors")
        }
        var glosses: [Gloss] = []
        glosses.reserveCapacity(kept)
        for (row, line) in lines.prefix(kept).enumerated() {
            glosses.append(try parse(line, row: row, path: path))
        }
        return glosses
    }

    private static func parse(_ line: ArraySlice<UInt8>, row: Int, path: String) throws(DataError) -> Gloss {
        func failure(_ message: String) -> DataError {
            DataError(.textRow, path: path, place: .line(row + 1), message)
        }
        let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        guard fields.count == 4 else { throw failure("\(fields.count) columns instead of 4") }
        let texts = fields.compactMap { String(validating: $0, as: UTF8.self) }
        guard texts.count == 4 else { throw failure("the text is not UTF-8") }
        guard Int(texts[0]) == row else { throw failure("row number '\(texts[0])' instead of \(row)") }
        guard let partOfSpeech = Gloss.PartOfSpeech(rawValue: texts[1]) else {
            throw failure("'\(texts[1])' is no part of speech")
        }
        guard !texts[2].isEmpty && !texts[3].isEmpty else { throw failure("lemma or gloss is empty") }
        return Gloss(row: row, partOfSpeech: partOfSpeech, lemma: texts[2], gloss: texts[3])
    }
}
