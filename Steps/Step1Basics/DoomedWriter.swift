import Apus
import Common
import Lesson

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A process that inserts until it is killed.
enum DoomedWriter {
    static let command = "insert"
    static let batchRows = 20

    /// Inserts the rows of the real texts into the collection `glosses` of a folder, batch by batch, and prints
    /// the number of rows after each batch that was acknowledged.
    static let run: @Sendable ([String]) throws -> Void = { arguments in
        let rowCount = Int(arguments[1]) ?? 0
        let texts = try RealTexts.load(rows: rowCount)
        let collection = try Database.open(at: arguments[0]).collection("glosses")
        for rows in Glosses.batches(of: rowCount, size: batchRows) {
            try collection.insert(Glosses.columns(texts.texts, texts.base, rows: rows))
            StandardStream.output.write("\(rows.upperBound)\n")
        }
        // Whoever started this process kills it; it must not close the folder before.
        sleep(60)
    }
}
