/// A scalar index as the body of a file. docs/format.md has the layout.
protocol StoredScalarIndex: ScalarIndex {
    func write(to writer: inout ByteWriter)
}

/// What the body of a file begins with.
private enum IndexForm: UInt8 {
    case keyed = 0
    case ngram = 1
}

/// How a part keeps its values and its rows.
private enum PartForm: UInt8 {
    case numbersWithLists = 0
    case numbersWithSortedRows = 1
    case textsWithLists = 2
    case textsWithSortedRows = 3
    case treeWithLists = 4

    var areTexts: Bool { self != .numbersWithLists && self != .numbersWithSortedRows }
}

extension KeyedIndex: StoredScalarIndex {
    func write(to writer: inout ByteWriter) {
        writer.append(IndexForm.keyed.rawValue)
        writer.append(UInt32(rowCount))
        writer.append(UInt8(parts.count))
        for part in parts {
            writer.append(part.form.rawValue)
            part.dictionary.write(to: &writer)
            part.rows.write(to: &writer)
        }
    }
}

extension KeyedIndex.Part {
    fileprivate var form: PartForm {
        switch (dictionary, rows) {
        case (is SortedNumbers, is RowLists): .numbersWithLists
        case (is SortedNumbers, is SortedRows): .numbersWithSortedRows
        case (is SortedTexts, is RowLists): .textsWithLists
        case (is SortedTexts, is SortedRows): .textsWithSortedRows
        default: .treeWithLists
        }
    }

    fileprivate init(_ form: PartForm, from reader: inout ByteReader, rowCount: Int) throws {
        switch form {
        case .numbersWithLists, .numbersWithSortedRows: dictionary = try SortedNumbers(from: &reader)
        case .textsWithLists, .textsWithSortedRows: dictionary = try SortedTexts(from: &reader)
        case .treeWithLists: dictionary = try TextTrie(from: &reader)
        }
        switch form {
        case .numbersWithLists, .textsWithLists, .treeWithLists:
            rows = try RowLists(from: &reader, rowCount: rowCount)
        case .numbersWithSortedRows, .textsWithSortedRows: rows = try SortedRows(from: &reader, rowCount: rowCount)
        }
        guard dictionary.count == rows.count else {
            throw reader.corrupted("an index has \(dictionary.count) values and rows of \(rows.count)")
        }
    }
}

extension NGramIndex: StoredScalarIndex {
    func write(to writer: inout ByteWriter) {
        writer.append(IndexForm.ngram.rawValue)
        writer.append(UInt32(values.rowCount))
        grams.write(to: &writer)
        rows.write(to: &writer)
    }
}

extension ScalarIndexBuilder {
    /// The index that was written for these values.
    ///
    /// - Throws: `StorageError.corrupted` if the bytes are no such index, or one of another definition.
    func open(_ reader: inout ByteReader) throws -> any StoredScalarIndex {
        let form = try reader.uint8()
        let rowCount = Int(try reader.uint32())
        guard form == (definition.type == .ngram ? IndexForm.ngram : .keyed).rawValue, rowCount == values.rowCount
        else {
            throw reader.corrupted(
                "the index is not one of type \(definition.type.rawValue) over \(values.rowCount) rows")
        }
        let index: any StoredScalarIndex = try definition.type == .ngram ? openGrams(&reader) : openKeyed(&reader)
        try reader.expectEnd()
        return index
    }

    private func openGrams(_ reader: inout ByteReader) throws -> NGramIndex {
        let grams = try SortedTexts(from: &reader)
        let rows = try RowLists(from: &reader, rowCount: values.rowCount)
        guard grams.count == rows.count else {
            throw reader.corrupted("an index has \(grams.count) n-grams and rows of \(rows.count)")
        }
        return NGramIndex(path: path, definition: definition, grams: grams, rows: rows, values: values)
    }

    private func openKeyed(_ reader: inout ByteReader) throws -> KeyedIndex {
        let orders = values.kind.orders
        guard try reader.uint8() == max(orders.count, 1) else {
            throw reader.corrupted("the index does not have the parts of values of its kind")
        }
        let parts = try (0..<max(orders.count, 1)).map { number in
            guard let form = PartForm(rawValue: try reader.uint8()), form.areTexts == orders.isEmpty else {
                throw reader.corrupted("the index has values of another kind")
            }
            let part = try KeyedIndex.Part(form, from: &reader, rowCount: values.rowCount)
            if let numbers = part.dictionary as? SortedNumbers, numbers.order != orders[number] {
                throw reader.corrupted("the index has numbers of another kind")
            }
            return part
        }
        return KeyedIndex(
            path: path, definition: definition, rowCount: values.rowCount, isOfElements: values.isOfElements,
            parts: parts)
    }
}
