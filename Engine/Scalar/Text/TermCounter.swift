extension BM25Function {
    /// Sets the column of the output from that of the input.
    func write(to columns: inout [Batch.FieldColumn], _ schema: Schema) throws {
        let input = try schema.requirePosition(of: input)
        guard case .scalar(let texts) = columns[input] else { preconditionFailure("texts are scalars") }
        var counter = TermCounter(try schema.fields[input].analyzer())
        columns[try schema.requirePosition(of: output)] = .scalar(counter.vectors(of: texts))
    }
}

/// Makes sparse vectors of texts: the dimension of a term is its `TermHash`, the value how often the text has it.
struct TermCounter: ~Copyable {
    private var stream: TermStream
    private var dimensions: [UInt32] = []
    private var entries: [SparseEntry] = []

    init(_ analyzer: Analyzer) { stream = TermStream(analyzer) }

    /// A column with the vector of every text of `texts`; a null text has no terms.
    mutating func vectors(of texts: Column) -> Column {
        var builder = ColumnBuilder(type: .sparseFloatVector, reservingRows: texts.count)
        for row in 0..<texts.count {
            if texts.isNull(row) {
                entries.removeAll(keepingCapacity: true)
            } else {
                texts.withBytes(at: row) { count($0) }
            }
            entries.withUnsafeBytes { builder.append($0) }
        }
        return builder.finish()
    }

    mutating func vector(of text: String) -> SparseVector {
        var text = text
        text.withUTF8 { count(UnsafeRawBufferPointer($0)) }
        return SparseVector(ordered: entries)
    }

    /// Sets `entries` to those of a text. O(terms log terms).
    private mutating func count(_ text: UnsafeRawBufferPointer) {
        dimensions.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        stream.start(text)
        while stream.next() { dimensions.append(TermHash.hash(stream.bytes)) }
        dimensions.sort()
        var start = 0
        while start < dimensions.count {
            var end = start + 1
            while end < dimensions.count, dimensions[end] == dimensions[start] { end += 1 }
            entries.append(SparseEntry(index: dimensions[start], value: Float(end - start)))
            start = end
        }
    }
}
