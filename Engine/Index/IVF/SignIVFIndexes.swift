/// Builds and opens the inverted files whose lists hold sign bits: IVF_RABITQ (Gao and Long 2024).
///
/// With full rows (`refine`) every row is compared exactly that may, by the error bound of its code, be nearer than the
/// `refine_k` x k-th row found so far; so `refine_k` x k rows are compared at least, if the lists hold them. The bounds
/// hold with high probability only, and a larger `refine_k` makes a miss less likely.
///
/// `rbq_bits_query` changes no answer: tables of queries have 8 bits, which is the most that it can ask for, whatever it
/// says, since shorter ones would cost recall and save no time here.
enum SignIVFIndexes {
    /// The rotation belongs to the format of the files.
    private static let rotationSeed: UInt64 = 0x5261_4269_7451

    /// - Throws: `ApusError` if more than one bit an element is asked for.
    static func build(_ source: IndexSource) throws -> any StoredIndex {
        let definition = source.definition
        try check(definition)
        let builder = IVFBuilder(source)
        let (centroids, groups) = builder.divideFloats()
        let lists = InvertedLists(groups, alignment: SignListCodec.alignment)
        let rescoring = rescoring(definition, source.rows, source.count)
        let codec = SignListCodec(
            ListResiduals(source: source.rows, centroids: centroids, lists: lists), metric: definition.metric,
            quantizer: RaBitQuantizer(dimension: source.rows.dimension, seed: rotationSeed),
            answer: answer(rescoring), team: builder.team)
        return IVFIndex(
            definition: definition,
            coarse: CoarseQuantizer(
                centroids, count: lists.count, metric: definition.metric),
            lists: lists, codec: codec, rescoring: rescoring)
    }

    /// - Parameters:
    ///   - parts: of a file whose bytes were found right.
    ///   - rows: the rows of the index, if its definition keeps them.
    /// - Throws: `StorageError.corrupted` if the parts are not those of an index of `count` rows.
    static func open(
        _ definition: IndexDefinition, parts: IndexParts, rows: VectorRows?, count: Int
    ) throws -> any StoredIndex {
        let file = try IVFFile(
            parts, definition: definition, rows: rows, count: count, alignment: SignListCodec.alignment)
        let rescoring = rescoring(definition, rows, count)
        let codec = try SignListCodec(
            parts, first: IVFFile.partCount, metric: definition.metric,
            quantizer: RaBitQuantizer(dimension: file.dimension, seed: rotationSeed), answer: answer(rescoring),
            lists: file.lists)
        return IVFIndex(
            definition: definition, coarse: file.coarse, lists: file.lists, codec: codec, rescoring: rescoring)
    }

    private static func check(_ definition: IndexDefinition) throws {
        let bits = definition.integer("rbq_bits")
        guard bits == 1 else {
            throw ApusError(
                .invalidArgument,
                "parameter rbq_bits of index type \(definition.type.rawValue) is \(bits); only 1 is built: "
                    + "leave it out or set it to 1")
        }
        try definition.checkRefinement()
    }

    private static func rescoring(_ definition: IndexDefinition, _ rows: VectorRows?, _ count: Int) -> Rescoring {
        guard definition.keepsRows, let rows else { return .none }
        return .withinBounds(
            VectorSpace(metric: definition.metric, rows: rows, count: count), count: Rescoring.refined)
    }

    private static func answer(_ rescoring: Rescoring) -> SignListCodec.Answer {
        if case .none = rescoring { .estimates } else { .lowerBounds }
    }
}

extension IndexDefinition {
    /// - Throws: `ApusError` if rows are to be refined by anything but full vectors.
    func checkRefinement() throws {
        guard boolean("refine"), !keepsRows else { return }
        throw ApusError(
            .invalidArgument,
            "parameter refine_type of index type \(type.rawValue) is \(text("refine_type")); only FP32 is built: "
                + "leave it out or set it to FP32")
    }
}
