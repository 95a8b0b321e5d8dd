/// The queries of a search, checked against the field that they search.
enum TargetQueries {
    /// Vectors of a layout whose element may differ from that of the field: numbers are compared as float32.
    case dense(DenseVectors, VectorLayout)
    case sparse([SparseVector])

    /// - Throws: `ApusError` with code `invalidArgument` for queries that do not fit the field.
    init(_ given: QueryVectors, of field: Field, metric: Metric) throws {
        switch (given, field.type.vectorLayout) {
        case (.sparse(let vectors), nil):
            guard !vectors.isEmpty else {
                throw ApusError(.invalidArgument, "there is no query vector; give one at least")
            }
            self = .sparse(vectors)
        case (.dense(let vectors), let layout?) where (layout.element == .bit) == (vectors.element == .bit):
            let layout = VectorLayout(element: vectors.element, dimension: layout.dimension)
            try Self.checkWhole(vectors, layout, field)
            try VectorValues.check(vectors, dimension: layout.dimension, metric: metric, owner: "query vector")
            self = .dense(vectors, layout)
        default:
            throw ApusError(
                .invalidArgument,
                "field '\(field.name)' is of type \(field.type); search it by \(Self.wanted(field.type)) vectors")
        }
    }

    var count: Int {
        switch self {
        case .dense(let vectors, let layout): vectors.rowCount(dimension: layout.dimension)!
        case .sparse(let vectors): vectors.count
        }
    }

    private static func checkWhole(_ vectors: DenseVectors, _ layout: VectorLayout, _ field: Field) throws {
        guard vectors.rowCount(dimension: layout.dimension) ?? 0 > 0 else {
            throw ApusError(
                .invalidArgument,
                "\(vectors.elementCount) numbers are not whole query vectors for field '\(field.name)' of dimension \(layout.dimension)"
            )
        }
    }

    private static func wanted(_ type: DataType) -> String {
        switch type.vectorLayout?.element {
        case nil: "sparse"
        case .bit: "binary"
        default: "dense"
        }
    }
}

extension DenseVectors {
    /// The vectors as the metric compares them.
    func prepared(_ layout: VectorLayout, count: Int, metric: Metric) -> VectorRows {
        let prepared = VectorRows(layout.prepared, capacity: count)
        withBytes {
            PreparedVectors.copy($0.baseAddress!, layout, to: prepared.base, count: count, metric: metric)
        }
        return prepared
    }
}
