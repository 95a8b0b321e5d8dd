/// The rows of one state that a request permits, segment by segment.
struct SelectedRows {
    struct Part {
        let segment: any Segment
        /// nil if every row is permitted.
        let permitted: RowSet?

        var count: Int { permitted?.count ?? segment.rows.rowCount }

        func permits(_ row: Int) -> Bool { permitted?.contains(row) ?? true }

        /// The permitted rows, ascending.
        var rows: [UInt32] {
            guard let permitted else { return (0..<UInt32(segment.rows.rowCount)).map { $0 } }
            var rows: [UInt32] = []
            rows.reserveCapacity(permitted.count)
            permitted.forEach(in: 0..<permitted.capacity) { rows.append(UInt32($0)) }
            return rows
        }
    }

    /// Segments with a permitted row at least.
    let parts: [Part]

    /// Evaluates the filter, once.
    init(_ selection: RowSelection, in state: CollectionState) throws {
        parts = try state.restricted(to: selection.partitions).segments.compactMap { segment in
            let part = Part(segment: segment, permitted: try selection.permitted(in: segment))
            return part.count > 0 ? part : nil
        }
    }

    var count: Int { parts.reduce(0) { $0 + $1.count } }
}
