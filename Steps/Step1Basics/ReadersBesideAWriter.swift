import Apus
import Common
import Lesson
import Synchronization

/// Searches from several threads while another one inserts.
struct ReadersBesideAWriter {
    let context: LessonContext
    let texts: LoadedTexts

    private static let readers = 3
    private static let batchRows = 50
    private static let batches = 40

    func run() throws {
        context.section("\(Self.readers) readers beside a writer")
        let database = try Database.open(at: context.databaseFolder("shared"))
        let collection = try database.createCollection(
            "glosses", schema: Glosses.schema(dimension: texts.dimension),
            indexes: [Glosses.vectorField: IndexDefinition(.flat, metric: .innerProduct)])
        try collection.load()
        let watch = ReaderWatch(collection: collection, texts: texts, batchRows: Self.batchRows)
        let rows = Self.batches * Self.batchRows
        // The first thread that begins takes number 0, so there is always a writer for the readers to wait for.
        Parallel.forEachRange(count: Self.readers + 1, chunk: 1, threads: Self.readers + 1) { roles in
            for role in roles { role == 0 ? watch.write(rows: rows) : watch.read(query: role) }
        }
        report(watch.findings, rows: rows, count: collection.count)
        try database.close()
    }

    private func report(_ findings: ReaderWatch.Findings, rows: Int, count: Int) {
        context.say(
            "\(findings.searches) searches ran while \(Self.batches) batches of \(Self.batchRows) rows were inserted "
                + "and synced.")
        if let error = findings.error { context.say("A thread stopped: \(error)") }
        context.check("threads stopped by an error", expected: 0, measured: findings.error == nil ? 0 : 1)
        context.check("rows at the end", expected: rows, measured: count)
        context.check("searches made while the writer wrote", atLeast: 1, measured: findings.searches)
        context.check("times a reader saw a part of a batch", expected: 0, measured: findings.partialBatches)
        context.check("times the count went down", expected: 0, measured: findings.countsBelow)
        context.check("hits whose text was not that of their key", expected: 0, measured: findings.wrongHits)
    }
}

/// The writer and the readers, and what the readers saw.
final class ReaderWatch: Sendable {
    struct Findings: Sendable {
        var searches = 0
        var partialBatches = 0
        var countsBelow = 0
        var wrongHits = 0
        var error: String?
    }

    private let collection: Apus.Collection
    private let texts: LoadedTexts
    private let batchRows: Int
    private let isWriting = Atomic(true)
    private let seen = Mutex(Findings())

    init(collection: Apus.Collection, texts: LoadedTexts, batchRows: Int) {
        self.collection = collection
        self.texts = texts
        self.batchRows = batchRows
    }

    var findings: Findings { seen.withLock { $0 } }

    func write(rows: Int) {
        defer { isWriting.store(false, ordering: .releasing) }
        noteError {
            for batch in Glosses.batches(of: rows, size: batchRows) {
                try collection.insert(Glosses.columns(texts, rows: batch))
            }
        }
    }

    /// Searches until the writer is done, at least once.
    func read(query: Int) {
        let request = SearchRequest(
            vectors: texts.queries[query], limit: LessonData.k, outputFields: ["lemma"])
        noteError {
            var last = 0
            repeat {
                let count = collection.count
                let result = try collection.search(request)
                note(result, count: count, last: last)
                last = count
            } while isWriting.load(ordering: .acquiring)
        }
    }

    private func note(_ result: SearchResult, count: Int, last: Int) {
        let wrong = result.hits[0].count { hit in
            hit.fields["lemma"] != .text(texts.texts[Int(hit.primaryKey.row)].lemma)
        }
        let isPartial = count % batchRows != 0 || result.statistics.liveRows % batchRows != 0
        seen.withLock { seen in
            seen.searches += 1
            seen.partialBatches += isPartial ? 1 : 0
            seen.countsBelow += count < last || result.statistics.liveRows < count ? 1 : 0
            seen.wrongHits += wrong
        }
    }

    private func noteError(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            seen.withLock { $0.error = "\(error)" }
        }
    }
}
