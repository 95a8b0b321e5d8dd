import Common

@testable import Apus

/// An iterator and what it has to give: the rows of the moment at which it was made.
struct OpenIterator {
    enum Source {
        case query(QueryIterator)
        case search(SearchIterator)
    }

    let source: Source
    let snapshot: [PrimaryKey: [String: Value]]
    /// In the order of the iterator so far.
    var given: [PrimaryKey] = []
}

extension QueryModelRun {
    /// Makes an iterator, or takes a batch from one of those there are.
    func useIterator(_ operation: QueryModelOperation.Kind, _ random: inout RandomSource) throws {
        if iterators.count < 3, Bool.random(using: &random) {
            let filter = kind.filter(depth: 1, &random)
            let batch = Int.random(in: 1...20, using: &random)
            iterators.append(
                OpenIterator(
                    source: operation == .queryIterator
                        ? .query(try queryIterator(filter, batch))
                        : .search(try searchIterator(filter, batch, &random)),
                    snapshot: rows.filter { filter.matches($0.value) }))
        } else if !iterators.isEmpty {
            try advanceIterator(Int.random(in: 0..<iterators.count, using: &random))
        }
    }

    private func queryIterator(_ filter: ModelFilter, _ batch: Int) throws -> QueryIterator {
        try collection.queryIterator(QueryRequest(filter: "\(filter)", outputFields: ["*"], limit: batch))
    }

    private func searchIterator(
        _ filter: ModelFilter, _ batch: Int, _ random: inout RandomSource
    ) throws -> SearchIterator {
        var request = SearchRequest(
            vectors: kind.vector(&random), field: QueryModelSchema.vector, limit: batch, outputFields: ["*"])
        request.filter = "\(filter)"
        return try collection.searchIterator(request)
    }

    /// Takes a batch; the iterator is let go after its last one.
    func advanceIterator(_ index: Int) throws {
        let batch: [(PrimaryKey, [String: Value])]
        switch iterators[index].source {
        case .query(let iterator):
            batch = try iterator.next().map { row in
                if case .integer(let key)? = row["key"] { return (.integer(key), row) }
                if case .text(let key)? = row["key"] { return (.text(key), row) }
                throw ModelMismatch("a row has no key: \(row)")
            }
        case .search(let iterator): batch = try iterator.next().map { ($0.primaryKey, $0.fields) }
        }
        for (key, row) in batch where iterators[index].snapshot[key] != row {
            throw ModelMismatch(
                "an iterator gives \(row) where \(String(describing: iterators[index].snapshot[key])) was")
        }
        iterators[index].given += batch.map(\.0)
        if batch.isEmpty { try finish(iterators.remove(at: index)) }
    }

    private func finish(_ iterator: OpenIterator) throws {
        let expected = iterator.snapshot.keys.sorted()
        let given = if case .query = iterator.source { iterator.given } else { iterator.given.sorted() }
        guard given == expected else { throw ModelMismatch("an iterator gave \(given) instead of \(expected)") }
    }
}
