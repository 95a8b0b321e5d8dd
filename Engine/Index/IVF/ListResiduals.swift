/// What rows differ by from the centroid of their list, in float32 elements: the vectors that residual codecs code.
struct ListResiduals {
    let source: VectorRows
    /// Float32 elements, one for each list.
    let centroids: VectorRows
    let lists: InvertedLists

    var dimension: Int { source.dimension }

    func centroid(_ list: Int) -> UnsafePointer<Float> {
        UnsafePointer(centroids.row(list).assumingMemoryBound(to: Float.self))
    }

    /// Writes the residual of the row at a place of `list`.
    func write(_ place: Int, of list: Int, into residual: UnsafeMutablePointer<Float>) {
        ElementConversion.float32(
            from: source.row(Int(lists.rows[place])), source.element, count: dimension, to: residual)
        let centroid = centroid(list)
        for element in 0..<dimension { residual[element] -= centroid[element] }
    }

    /// Residuals of about `size` rows from all lists, the same for the same seed.
    func sample(_ size: Int, seed: UInt64, team: WorkerTeam) -> FloatMatrix {
        let starts = lists.starts
        let places = KMeans.sampleRows(
            size * lists.placeCount / max(lists.rowCount, 1), of: lists.placeCount, seed: seed
        )
        .filter { lists.rows[$0] != InvertedLists.noRow }
        let sample = FloatMatrix(count: places.count, dimension: dimension)
        team.forEach(places.count, grain: 512) { range, _ in
            var list = 0
            for (index, place) in zip(range, places[range]) {
                while starts[list + 1] <= place { list += 1 }
                write(place, of: list, into: sample.row(index))
            }
        }
        return sample
    }

    /// The mean of the centroids.
    func centre() -> FloatMatrix {
        let centre = FloatMatrix(count: 1, dimension: dimension)
        for element in 0..<dimension {
            let sum = (0..<lists.count).reduce(0.0) { $0 + Double(centroid($1)[element]) }
            centre.row(0)[element] = Float(sum / Double(lists.count))
        }
        return centre
    }
}

/// Distances by codes of residuals. With x = c + r in the list of centroid c, the coded residual r', its error
/// e = r - r', and the mean m of all centroids, which makes the numbers small,
///
///     |q - x|^2 = |q - c|^2 - 2 <q - m, r'> + (2 <c - m, r'> + |r'|^2 - |e|^2) - 2 <q - x, e>
///     -<q, x>   = -<q, c>   -   <q, r'>                                        -   <q, e>
///
/// The first term belongs to the list. The second is a sum of entries of tables that serve all lists. The third, the
/// *bias*, belongs to the row. The last one is unknown; for near rows of L2 it is small since q - x is.
enum ResidualEstimate {
    /// What is subtracted from a query before its tables are made.
    static func centre(_ metric: Metric, _ residuals: ListResiduals) -> FloatMatrix {
        metric == .l2
            ? residuals.centre() : FloatMatrix(count: 1, dimension: residuals.dimension)
    }

    /// What the inner products of tables are multiplied by.
    static func factor(_ metric: Metric) -> Float { metric == .l2 ? -2 : -1 }

    /// The bias of a row; zero for inner products.
    static func bias(
        _ metric: Metric, coded: UnsafePointer<Float>, residual: UnsafePointer<Float>, centroid: UnsafePointer<Float>,
        centre: UnsafePointer<Float>, dimension: Int
    ) -> Float {
        guard metric == .l2 else { return 0 }
        var bias: Float = 0
        for element in 0..<dimension {
            let error = residual[element] - coded[element]
            let offset = 2 * (centroid[element] - centre[element]) + coded[element]
            bias += offset * coded[element] - error * error
        }
        // Finite also where squares leave the range of a float, and so that the difference of two is.
        let largestBias = Float.greatestFiniteMagnitude / 4
        return max(-largestBias, min(largestBias, bias))
    }

    /// Writes the tables of a query for coded residuals.
    static func tables(
        _ metric: Metric, _ query: UnsafePointer<Float>, centre: FloatMatrix, _ quantizer: ProductQuantizer,
        into tables: UnsafeMutablePointer<Float>
    ) {
        guard metric == .l2 else { return quantizer.innerProducts(query, factor: factor(metric), into: tables) }
        let centre = centre.row(0)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: quantizer.dimension) { offset in
            for element in 0..<quantizer.dimension { offset[element] = query[element] - centre[element] }
            quantizer.innerProducts(offset.baseAddress!, factor: factor(metric), into: tables)
        }
    }
}
