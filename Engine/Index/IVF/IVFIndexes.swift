/// Builds and opens the inverted files of each index type: which codec belongs to which, and what is in their files.
enum IVFIndexes {
    /// - Throws: `ApusError` if the elements of the rows do not suit the type.
    static func build(_ source: IndexSource) throws -> any StoredIndex {
        let definition = source.definition
        let builder = IVFBuilder(source)
        if definition.type == .binIVFFlat {
            let kernel = Kernels.best.distance(definition.metric, .bit)
            let (centroids, groups) = builder.divideBits(kernel)
            let lists = InvertedLists(groups, alignment: 1)
            return IVFIndex(
                definition: definition,
                coarse: CoarseQuantizer(centroids, count: lists.count, metric: definition.metric), lists: lists,
                codec: RowListCodec(source.rows, lists: lists, kernel: kernel, team: builder.team),
                rescoring: .none)
        }
        let (centroids, groups) = builder.divideFloats()
        let lists = InvertedLists(groups, alignment: ByteCodes.blockRows)
        let codec = ResidualByteCodec(
            source.rows, metric: definition.metric, lists: lists, centroids: centroids, team: builder.team)
        return IVFIndex(
            definition: definition,
            coarse: CoarseQuantizer(centroids, count: lists.count, metric: definition.metric),
            lists: lists, codec: codec, rescoring: rescoring(definition, source.rows, source.count))
    }

    /// IVF_FLAT gives exact distances; IVF_SQ8 those of its codes.
    private static func rescoring(_ definition: IndexDefinition, _ rows: VectorRows?, _ count: Int) -> Rescoring {
        guard definition.type == .ivfFlat, let rows else { return .none }
        return .withinBounds(VectorSpace(metric: definition.metric, rows: rows, count: count)) { k, _ in k }
    }

    /// - Parameters:
    ///   - parts: of a file whose bytes were found right.
    ///   - rows: the rows of the index, if its definition keeps them.
    /// - Throws: `StorageError.corrupted` if the parts are not those of an index of `count` rows.
    static func open(
        _ definition: IndexDefinition, parts: IndexParts, rows: VectorRows?, count: Int
    ) throws -> any StoredIndex {
        let file = try IVFFile(
            parts, definition: definition, rows: rows, count: count,
            alignment: definition.type == .binIVFFlat ? 1 : ByteCodes.blockRows)
        let codecPart = IVFFile.partCount
        if definition.type == .binIVFFlat {
            let codec = try RowListCodec(
                parts, first: codecPart, metric: definition.metric, dimension: file.dimension, lists: file.lists)
            return IVFIndex(
                definition: definition, coarse: file.coarse, lists: file.lists, codec: codec, rescoring: .none)
        }
        let codec = try ResidualByteCodec(
            parts, first: codecPart, metric: definition.metric, dimension: file.dimension, lists: file.lists)
        return IVFIndex(
            definition: definition, coarse: file.coarse, lists: file.lists, codec: codec,
            rescoring: rescoring(definition, rows, count))
    }
}
