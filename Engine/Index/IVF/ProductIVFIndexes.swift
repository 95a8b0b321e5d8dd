/// Builds and opens the inverted files whose lists hold product quantisation codes: IVF_PQ and SCANN.
///
/// SCANN scans 4-bit codes of `sub_dim` elements each and compares the best `reorder_k` rows exactly (Guo et al. 2020);
/// without full rows its estimates are the answer.
enum ProductIVFIndexes {
    /// - Throws: `ApusError` if `m` does not divide the dimension or `nbits` is not built.
    static func build(_ source: IndexSource) throws -> any StoredIndex {
        let definition = source.definition
        let shape = try ProductShape(definition, dimension: source.rows.dimension)
        if definition.type == .ivfPQ { try definition.checkRefinement() }
        let builder = IVFBuilder(source)
        let (centroids, groups) = builder.divideFloats()
        let lists = InvertedLists(groups, alignment: shape.alignment)
        let residuals = ListResiduals(source: source.rows, centroids: centroids, lists: lists)
        let sample = residuals.sample(
            ProductTrainer.sampleSize(bits: shape.bits), seed: source.seed &+ 1, team: builder.team)
        let quantizer = ProductTrainer.train(
            sample.rows, partDimension: shape.partDimension, bits: shape.bits, seed: source.seed, team: builder.team)
        let coarse = CoarseQuantizer(centroids, count: lists.count, metric: definition.metric)
        let rescoring = rescoring(definition, source.rows, source.count)
        if shape.scansInRegisters {
            let codec = FastScanCodec(residuals, metric: definition.metric, quantizer: quantizer, team: builder.team)
            return IVFIndex(definition: definition, coarse: coarse, lists: lists, codec: codec, rescoring: rescoring)
        }
        let codec = ProductListCodec(residuals, metric: definition.metric, quantizer: quantizer, team: builder.team)
        return IVFIndex(definition: definition, coarse: coarse, lists: lists, codec: codec, rescoring: rescoring)
    }

    /// - Parameters:
    ///   - parts: of a file whose bytes were found right.
    ///   - rows: the rows of the index, if its definition keeps them.
    /// - Throws: `StorageError.corrupted` if the parts are not those of an index of `count` rows.
    static func open(
        _ definition: IndexDefinition, parts: IndexParts, rows: VectorRows?, count: Int
    ) throws -> any StoredIndex {
        let scans = ProductShape.scansInRegisters(bits: ProductShape.bits(definition))
        let file = try IVFFile(
            parts, definition: definition, rows: rows, count: count,
            alignment: scans ? FastScanCodec.alignment : 1)
        guard let shape = try? ProductShape(definition, dimension: file.dimension) else {
            throw parts.corrupted("the dimension \(file.dimension) does not suit the definition")
        }
        let rescoring = rescoring(definition, rows, count)
        if scans {
            let codec = try FastScanCodec(
                parts, first: IVFFile.partCount, metric: definition.metric, shape: shape, lists: file.lists)
            return IVFIndex(
                definition: definition, coarse: file.coarse, lists: file.lists, codec: codec, rescoring: rescoring)
        }
        let codec = try ProductListCodec(
            parts, first: IVFFile.partCount, metric: definition.metric, shape: shape, lists: file.lists)
        return IVFIndex(
            definition: definition, coarse: file.coarse, lists: file.lists, codec: codec, rescoring: rescoring)
    }

    private static func rescoring(_ definition: IndexDefinition, _ rows: VectorRows?, _ count: Int) -> Rescoring {
        guard definition.keepsRows, let rows else { return .none }
        let vectors = VectorSpace(metric: definition.metric, rows: rows, count: count)
        if definition.type == .scann {
            return .best(vectors) { k, parameters in parameters.integer("reorder_k") ?? max(10 * k, 100) }
        }
        return .best(vectors, count: Rescoring.refined)
    }
}

extension ProductShape {
    /// - Throws: `ApusError` if `m` does not divide the dimension or `nbits` is not built.
    init(_ definition: IndexDefinition, dimension: Int) throws {
        self.dimension = dimension
        bits = Self.bits(definition)
        guard ProductQuantizer.bitsRange.contains(bits) else {
            throw ApusError(
                .invalidArgument,
                "parameter nbits of index type \(definition.type.rawValue) is \(bits); "
                    + "codes of \(ProductQuantizer.bitsRange.lowerBound) to \(ProductQuantizer.bitsRange.upperBound) bits are built"
            )
        }
        guard definition.type != .scann else {
            partDimension = min(definition.integer("sub_dim"), dimension)
            return
        }
        let count = try Self.partCount(definition, dimension: dimension)
        guard count <= dimension, dimension % count == 0 else {
            throw ApusError(
                .invalidArgument,
                "parameter m of index type \(definition.type.rawValue) is \(count); it must divide the dimension \(dimension)"
            )
        }
        partDimension = dimension / count
    }

    /// The `m` that was given; for HNSW_PQ without one, the largest divisor of the dimension up to 32.
    private static func partCount(_ definition: IndexDefinition, dimension: Int) throws -> Int {
        if let given = definition.parameters.integer("m") { return given }
        guard definition.type == .hnswPQ else {
            throw ApusError(
                .invalidArgument,
                "index type \(definition.type.rawValue) needs parameter m; it must divide the dimension \(dimension)")
        }
        return (1...32).last { dimension % $0 == 0 }!
    }

    static func bits(_ definition: IndexDefinition) -> Int {
        definition.type == .scann ? 4 : definition.integer("nbits")
    }

    static func scansInRegisters(bits: Int) -> Bool { bits <= 4 }

    var scansInRegisters: Bool { Self.scansInRegisters(bits: bits) }
    var alignment: Int { scansInRegisters ? FastScanCodec.alignment : 1 }
}
