import CKernels

/// Rows as they are, copied in the order of the lists: estimates are the distances.
struct RowListCodec: ListCodec {
    let rows: VectorRows
    let kernel: DistanceKernel

    /// Copies the rows of `source` to their places.
    init(_ source: VectorRows, lists: InvertedLists, kernel: DistanceKernel, team: WorkerTeam) {
        rows = VectorRows(element: source.element, dimension: source.dimension, capacity: lists.placeCount)
        self.kernel = kernel
        let target = rows
        team.forEach(lists.placeCount, grain: 4096) { range, _ in
            for place in range where lists.rows[place] != InvertedLists.noRow {
                target.row(place).copyMemory(
                    from: source.row(Int(lists.rows[place])), byteCount: source.strideBytes)
            }
        }
    }

    /// Rows that were read, one for each place.
    init(_ rows: VectorRows, kernel: DistanceKernel) {
        self.rows = rows
        self.kernel = kernel
    }

    var alignment: Int { 1 }
    var memoryBytes: Int { rows.capacity * rows.strideBytes }
    var preparedBytes: Int { rows.strideBytes }
    var parts: [UnsafeRawBufferPointer] { [UnsafeRawBufferPointer(start: rows.base, count: memoryBytes)] }

    func prepare(_ query: UnsafeRawPointer, into prepared: UnsafeMutableRawPointer) {
        prepared.copyMemory(from: query, byteCount: rows.strideBytes)
    }

    func prefetch(_ place: Int) { ListPrefetch.ask(for: rows.base, at: place * rows.strideBytes, of: memoryBytes) }

    func estimate(
        _ places: Range<Int>, of list: Neighbor, prepared: UnsafeRawPointer, into estimates: UnsafeMutablePointer<Float>
    ) {
        kernel.rows(
            prepared, rows.row(places.lowerBound), rows.strideBytes, places.count, rows.dimension, estimates)
    }

    func largestEstimate(forDistance bound: Float, of list: Neighbor, prepared: UnsafeRawPointer) -> Float { bound }
}

/// Asks memory for the beginning of a list; the hardware follows the rest once it is read.
enum ListPrefetch {
    private static let bytes = 1024

    static func ask(for base: UnsafeRawPointer, at offset: Int, of byteCount: Int) {
        for line in stride(from: offset, to: min(offset + bytes, byteCount), by: 64) { apus_prefetch(base + line) }
    }
}
