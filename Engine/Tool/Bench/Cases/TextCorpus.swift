import Apus
import Common

/// The texts of a case, a row each.
struct TextCorpus {
    let name: String
    let texts: [String]
    /// For `query`.
    private let seed: UInt64

    static let defaultRows = 100_000

    /// Lines of `--texts`, or texts made of words that follow a Zipf law.
    ///
    /// - Parameter rows: how many; nil for all of the file.
    /// - Throws: `DataError` naming the file.
    init(_ arguments: ParsedArguments, rows: Int?, seed: UInt64) throws {
        self.seed = seed
        if let path = arguments.string("texts") {
            let lines = try TextLines.read(path)
            texts = rows.map { Array(lines.prefix($0)) } ?? lines
            name = BenchFiles.name(of: path)
        } else {
            let generator = TextGenerator(seed: seed)
            texts = (0..<(rows ?? Self.defaultRows)).map(generator.text)
            name = "generated-texts-\(texts.count)"
        }
        guard !texts.isEmpty else { throw UsageError("there is no text to insert") }
    }

    var meanWords: Double {
        Double(texts.reduce(0) { $0 + $1.split(separator: " ").count }) / Double(texts.count)
    }

    /// Neighbouring words of a text, drawn by the number of the query.
    func query(_ number: Int, words: Int) -> String {
        var random = RandomSource(seed: seed &+ 1, stream: number)
        let text = texts[random.integer(below: texts.count)].split(separator: " ")
        let count = min(words, text.count)
        let start = random.integer(below: text.count - count + 1)
        return text[start..<start + count].joined(separator: " ")
    }
}

/// A collection of texts with a field for BM25, as the cases fill it.
enum TextCollection {
    static let textField = "text"
    static let wordsField = "words"
    static let keyField = "id"

    /// - Parameter more: fields beside key, text and words.
    static func make(
        in database: Database, more: [Field] = [], indexes: [String: IndexDefinition] = [:]
    ) throws -> Collection {
        let schema = try Schema(
            fields: [
                Field(keyField, .int64),
                Field(textField, .varchar(maxLength: Limits.varcharBytes), text: TextOptions()),
                Field(wordsField, .sparseFloatVector),
            ] + more, primaryKey: keyField,
            functions: [BM25Function("words_of_text", input: textField, output: wordsField)])
        let words = try IndexDefinition(.sparseInvertedIndex, metric: .bm25)
        return try database.createCollection(
            CaseContext.collectionName, schema: schema, indexes: indexes.merging([wordsField: words]) { $1 })
    }

    /// Inserts rows batch by batch and returns the seconds that the calls took.
    ///
    /// - Parameter more: the other fields of some rows.
    static func insert(
        _ texts: [String], into collection: Collection, batchRows: Int, more: (Range<Int>) -> [FieldData] = { _ in [] }
    ) throws -> Double {
        var seconds = 0.0
        let progress = Progress("inserting rows", total: texts.count)
        for start in stride(from: 0, to: texts.count, by: batchRows) {
            let rows = start..<min(start + batchRows, texts.count)
            let fields =
                [FieldData(keyField, .int64(rows.map(Int64.init))), FieldData(textField, .varchar(Array(texts[rows])))]
                + more(rows)
            seconds += try MonotonicClock.seconds { try collection.insert(fields, sync: .deferred) }.seconds
            progress.advance(by: rows.count)
        }
        progress.finish()
        return seconds
    }
}

/// Calls of one thread, one after the other.
struct CallPasses {
    /// Seconds of a call, of each pass over all calls.
    private(set) var samples: [Double] = []

    /// Other programs can only slow a pass down.
    var fastest: Double { samples.min() ?? .nan }

    /// Makes all calls once.
    mutating func pass(_ calls: Int, _ call: (Int) throws -> Void) rethrows {
        let start = MonotonicClock.nanoseconds()
        for number in 0..<calls { try call(number) }
        samples.append(Double(MonotonicClock.nanoseconds() - start) * 1e-9 / Double(calls))
    }

    /// Of the median pass.
    var callsPerSecond: Double { 1 / (Samples.median(of: samples) ?? .nan) }
}
