/// The nearest rows of each query, nearest first.
public struct Neighbors: Sendable, Equatable {
    /// One row of base row numbers per query.
    public let ids: IntegerSet
    /// The distances in the same layout, when they are known.
    public let distances: VectorSet?

    public var queryCount: Int { ids.count }
    /// How many neighbours each query has.
    public var k: Int { ids.width }

    public init(ids: IntegerSet, distances: VectorSet? = nil) {
        precondition(
            distances.map { $0.count == ids.count && $0.dimension == ids.width } ?? true,
            "distances must have the layout of the ids")
        self.ids = ids
        self.distances = distances
    }

    /// The first `queries` rows.
    public func prefix(_ queries: Int) -> Neighbors {
        Neighbors(ids: ids.prefix(queries), distances: distances?.prefix(queries))
    }
}

/// Reads and writes exact neighbours: ivecs, ibin and npy hold ids; the big-ann layout holds ids and distances.
///
/// The big-ann layout is uint32 queries, uint32 k, then all ids as int32, then all distances as float32: two
/// blocks, not pairs. It is told from plain ibin by the file's size, under any ending but ivecs and npy.
public enum NeighborFile {
    /// Reads neighbours and checks them.
    ///
    /// - Parameters:
    ///   - baseCount: ids must be below it; nil leaves the upper end unchecked.
    ///   - queries: how many rows there must be; nil accepts any number.
    /// - Throws: `DataError` as the readers of vectors do, and for an id outside the base or twice in a row,
    ///   distances that do not keep one direction, or a wrong number of rows.
    public static func read(
        _ path: String, baseCount: Int? = nil, queries: Int? = nil
    ) throws(DataError) -> Neighbors {
        let file = try FileReader(path: path)
        let neighbors: Neighbors
        if let format = try? VectorFormat(path: path), format != .ibin {
            neighbors = Neighbors(ids: try VectorFile.readIntegers(path))
        } else {
            neighbors = try readBlocks(file)
        }
        if let queries, neighbors.queryCount != queries {
            throw DataError(
                .matchingRows, path: path, "\(neighbors.queryCount) rows of neighbours for \(queries) queries"
            )
        }
        try check(neighbors, baseCount: baseCount, path: path)
        return neighbors
    }

    /// Writes ids, and distances where they are known, in the big-ann layout.
    public static func write(_ neighbors: Neighbors, to path: String) throws(DataError) {
        let file = try FileWriter(path: path)
        try file.append(integers: [UInt32(neighbors.queryCount), UInt32(neighbors.k)])
        try file.append(integers: neighbors.ids.ids)
        if let distances = neighbors.distances {
            try file.append(integers: distances.values.lazy.map(\.bitPattern))
        }
        try file.finish()
    }

    private static func readBlocks(_ file: FileReader) throws(DataError) -> Neighbors {
        guard file.size >= 8 else {
            throw DataError(
                .truncated, path: file.path, "\(file.size) bytes cannot hold the header of 8 bytes")
        }
        let rows = Int(UInt32(bitPattern: try file.integer32(at: 0)))
        let width = Int(UInt32(bitPattern: try file.integer32(at: 4)))
        try VectorFileLayout.check(dimension: width, path: file.path, offset: 4)
        let blockBytes = rows * width * 4
        guard file.size == 8 + blockBytes || file.size == 8 + 2 * blockBytes else {
            throw DataError(
                file.size < 8 + blockBytes ? .truncated : .fileSize, path: file.path, place: .offset(8),
                "\(rows) rows of \(width) need \(8 + blockBytes) bytes for ids, or \(8 + 2 * blockBytes) with "
                    + "distances; the file has \(file.size)")
        }
        let ids = try VectorFile.readIntegers(
            file, layout: block(.int32, rows: rows, width: width, start: 8), rows: nil, nil)
        guard file.size > 8 + blockBytes else { return Neighbors(ids: ids) }
        let layout = block(.float32, rows: rows, width: width, start: 8 + blockBytes)
        return Neighbors(
            ids: ids, distances: try VectorFile.readVectors(file, layout: layout, rows: nil, nil))
    }

    private static func block(_ type: ElementType, rows: Int, width: Int, start: Int) -> VectorFileLayout {
        VectorFileLayout(
            format: .ibin, elementType: type, rows: rows, dimension: width, start: start, rowPrefixBytes: 0)
    }

    private static func check(_ neighbors: Neighbors, baseCount: Int?, path: String) throws(DataError) {
        for query in 0..<neighbors.queryCount {
            let row = neighbors.ids.row(query)
            for (column, id) in row.enumerated() where id < 0 || Int(id) >= baseCount ?? Int.max {
                let end = baseCount.map { "\($0)" } ?? "2^31"
                throw DataError(
                    .idRange, path: path, place: .cell(row: query, column: column),
                    "id \(id) is not in 0 ..< \(end)")
            }
            let sorted = row.sorted()
            if let place = sorted.indices.dropFirst().first(where: { sorted[$0] == sorted[$0 - 1] }) {
                throw DataError(
                    .distinctIDs, path: path, place: .row(query), "id \(sorted[place]) stands there twice")
            }
        }
        if let distances = neighbors.distances { try checkOrder(of: distances, path: path) }
    }

    /// Squared distances grow and similarities shrink along a row: either is accepted, for the whole file.
    private static func checkOrder(of distances: VectorSet, path: String) throws(DataError) {
        var grows = false
        var shrinks = false
        for query in 0..<distances.count {
            let row = distances[query]
            for column in 1..<max(1, row.count) {
                grows = grows || row[column] > row[column - 1]
                shrinks = shrinks || row[column] < row[column - 1]
                guard grows && shrinks else { continue }
                throw DataError(
                    .truthOrder, path: path, place: .cell(row: query, column: column),
                    "distances go from \(row[column - 1]) to \(row[column]), against the order so far")
            }
        }
    }
}
