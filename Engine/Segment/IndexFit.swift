/// Which index types and metrics suit which vectors.
extension IndexDefinition {
    /// How a vector field without an index is searched: exactly, by the metric that the field takes by default.
    static func unindexed(_ type: DataType) -> IndexDefinition {
        switch type.vectorLayout?.element {
        case nil: unindexedSparse
        case .bit: unindexedBits
        default: unindexedNumbers
        }
    }

    /// How vectors that a function makes of texts are searched without an index.
    static let unindexedTexts = try! IndexDefinition(.sparseInvertedIndex, metric: .bm25)

    private static let unindexedNumbers = try! IndexDefinition(.flat, metric: .cosine)
    private static let unindexedSparse = try! IndexDefinition(.sparseInvertedIndex, metric: .innerProduct)
    private static let unindexedBits = try! IndexDefinition(.binFlat, metric: .hamming)

    /// What AUTOINDEX stands for where the vectors are no numbers; any other definition as it is.
    func resolved(for vectorType: DataType) -> IndexDefinition {
        guard type == .autoIndex else { return self }
        switch vectorType.vectorLayout?.element {
        case nil: return try! IndexDefinition(.sparseInvertedIndex, metric: metric)
        case .bit: return try! IndexDefinition(.binFlat, metric: metric)
        default: return self
        }
    }

    /// - Throws: `ApusError` with code `invalidArgument` that names the field, what does not suit it and what does.
    func check(fits field: Field) throws {
        guard let misfit = misfit(with: field.type) else { return }
        throw ApusError(.invalidArgument, "field '\(field.name)' of type \(field.type): \(misfit)")
    }

    /// The same for a field of a schema: one that a function writes is compared by BM25.
    func check(fits field: Field, of schema: Schema) throws {
        try check(fits: field)
        guard let function = schema.functions.first(where: { $0.output == field.name }), metric != .bm25 else { return }
        throw ApusError(
            .invalidArgument,
            "field '\(field.name)' is written by function '\(function.name)', so its metric must be "
                + "\(Metric.bm25.rawValue), not \(metric.rawValue)")
    }

    /// Why the index cannot be made for vectors of a type; nil if it can.
    func misfit(with vectorType: DataType) -> String? {
        let metrics =
            switch vectorType.vectorLayout?.element {
            case nil: Metric.sparse
            case .bit: Metric.binary
            default: Metric.dense
            }
        let types = IndexType.allCases.filter { $0.suits(vectorType) }
        guard types.contains(type) else {
            return "index type \(type.rawValue) does not suit it; use one of "
                + types.map(\.rawValue).joined(separator: ", ")
        }
        guard metrics.contains(metric) else {
            return "metric \(metric.rawValue) does not suit it; use one of "
                + metrics.map(\.rawValue).joined(separator: ", ")
        }
        return nil
    }
}

extension IndexType {
    /// Whether an index of this type can be made for vectors of a type.
    public func suits(_ vectorType: DataType) -> Bool {
        let element = vectorType.vectorLayout?.element
        return switch self {
        case .autoIndex: vectorType.isVector
        case .binFlat, .binIVFFlat: element == .bit
        case .sparseInvertedIndex, .sparseWAND: vectorType == .sparseFloatVector
        default: element != nil && element != .bit
        }
    }
}
