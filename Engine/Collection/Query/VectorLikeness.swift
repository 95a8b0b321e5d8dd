/// How alike the vectors of some entities are by the metric of their field, from 0 to 1.
struct VectorLikeness {
    private enum Vectors {
        case dense(VectorRows, DistanceKernel)
        case sparse([SparseVector])
    }

    private let vectors: Vectors
    private let metric: Metric

    /// Reads the vectors of the entities.
    init(_ entities: [RankedEntity], field: Int, _ reader: EntityReader) throws {
        let type = reader.state.schema.fields[field].type
        let metric = reader.state.schema.metric(ofFieldAt: field, reader.state.definitions)
        let values = try entities.map { try reader.value(of: $0.key, field: field) }
        self.metric = metric
        guard let layout = type.vectorLayout else {
            vectors = .sparse(values.map { if case .sparseVector(let vector) = $0 { vector } else { .empty } })
            return
        }
        var bytes: [UInt8] = []
        for value in values { value.denseVector!.withBytes { bytes += $0 } }
        let rows = bytes.withUnsafeBytes { DenseVectors($0, layout.element) }
            .prepared(layout, count: values.count, metric: metric)
        vectors = .dense(rows, Kernels.best.distance(metric, rows.element))
    }

    /// Of the entities at two places.
    func callAsFunction(_ left: Int, _ right: Int) -> Double {
        switch vectors {
        case .dense(let rows, let kernel):
            let distance = kernel.pair(rows.row(left), rows.row(right), rows.dimension)
            return metric.normalized(Double(metric.score(fromDistance: distance)))
        case .sparse(let vectors):
            let product = vectors[left].withRow { left in vectors[right].withRow { left.innerProduct($0) } }
            return metric.normalized(Double(product))
        }
    }
}
