import Apus
import Lesson

/// Indexes and searches that do not fit, on a field with an HNSW index: each refusal must say what would fit.
struct IndexMisfits {
    let context: LessonContext
    let indexed: IndexedTexts

    func run() {
        context.section("What does not fit")
        let before = indexInForce
        refuse("a binary index on numbers", naming: IndexType.hnsw.rawValue) {
            try create(.binFlat, metric: .hamming)
        }
        refuse("a metric of bits on numbers", naming: Metric.cosine.rawValue) { try create(.hnsw, metric: .hamming) }
        refuse("a parameter of another type", naming: "efConstruction") {
            try create(.hnsw, metric: .cosine, ["nlist": 128])
        }
        refuse("a value out of its range", naming: "65536") { try create(.ivfFlat, metric: .cosine, ["nlist": 0]) }
        refuse("an index on a text", naming: "VarChar") {
            try indexed.collection.createIndex(on: "lemma", IndexDefinition(.hnsw, metric: .cosine))
        }
        refuse("fewer candidates than neighbours", naming: "set ef to 10") {
            try search(["ef": 5])
        }
        refuse("a search by another metric", naming: IndexedTexts.metric.rawValue) {
            var request = SearchRequest(vectors: indexed.texts.queries[0], limit: 10)
            request.metric = .l2
            _ = try indexed.collection.search(request)
        }
        context.check("after all that the index is as it was", expected: before, measured: indexInForce)
    }

    private var indexInForce: String {
        indexed.collection.indexDefinitions[IndexedTexts.field].map { "\($0.type.rawValue), \($0.parameters.text)" }
            ?? "none"
    }

    private func create(_ type: IndexType, metric: Metric, _ parameters: Parameters = [:]) throws {
        try indexed.collection.createIndex(
            on: IndexedTexts.field, IndexDefinition(type, metric: metric, parameters: parameters))
    }

    private func search(_ parameters: Parameters) throws {
        _ = try indexed.collection.search(
            SearchRequest(vectors: indexed.texts.queries[0], limit: 10, parameters: parameters))
    }

    /// Checks that a call is refused, and that the message holds what the caller needs next.
    private func refuse(_ name: String, naming remedy: String, _ call: () throws -> Void) {
        let refusal = Refusal.of(call)
        context.check(name, expected: .invalidArgument, measured: refusal.code)
        context.output.paragraph("the engine: \(refusal.message)", indent: 10, hanging: 2)
        context.check("its message names \(remedy)", expected: true, measured: refusal.message.contains(remedy))
    }
}
