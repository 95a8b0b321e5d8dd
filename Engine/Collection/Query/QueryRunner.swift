/// One query over one state of a collection: checks, selects, orders, reads what is asked for.
struct QueryRunner {
    let state: CollectionState

    func run(_ request: QueryRequest) throws -> QueryResult {
        let schema = state.schema
        try QueryRules.check(request, schema: schema)
        let outputs = try OutputFields([schema.primaryKey.name] + request.outputFields, schema: schema)
        let rows = try selectedRows(request)
        guard request.aggregates.isEmpty else { return try aggregate(request, rows) }
        let limit = request.limit.map { $0 + request.offset }
        let places = try request.orderBy.isEmpty ? byKey(rows, limit) : sorted(rows, request.orderBy, limit)
        return QueryResult(
            columns: outputs.names,
            rows: try places.dropFirst(request.offset).map {
                try outputs.values(of: rows.parts[$0.part].segment, row: $0.row)
            })
    }

    /// The rows that the filter and the partitions of a query permit.
    func selectedRows(_ request: QueryRequest) throws -> SelectedRows {
        guard state.isLoaded else {
            throw ApusError(.notLoaded, "the collection is not loaded; call load() before query")
        }
        return try SelectedRows(RowSelection(request, state), in: state)
    }

    private func aggregate(_ request: QueryRequest, _ rows: SelectedRows) throws -> QueryResult {
        var aggregation = try Aggregation(request, schema: state.schema)
        for part in rows.parts { try aggregation.add(part) }
        return QueryResult(
            columns: request.groupBy + request.aggregates.map(\.name), rows: aggregation.rows(request))
    }

    private func byKey(_ rows: SelectedRows, _ limit: Int?) -> [KeyOrder.Place] {
        var order = KeyOrder(rows, limit: limit)
        var places: [KeyOrder.Place] = []
        while places.count < limit ?? .max, let place = order.next() { places.append(place) }
        return places
    }

    /// The first rows by the values of fields, equal ones by key: a heap of `limit` rows, not all of them.
    private func sorted(
        _ rows: SelectedRows, _ orders: [QueryRequest.Order], _ limit: Int?
    ) throws -> [KeyOrder.Place] {
        let fields = try orders.map { try state.schema.requirePosition(of: $0.field) }
        let directions = orders.map(\.direction)
        var first = FirstElements<SortedRow>(limit: limit) { SortedRow.precedes($0, $1, directions) }
        for (index, part) in rows.parts.enumerated() {
            for row in part.rows {
                let row = Int(row)
                first.offer(
                    SortedRow(
                        values: try fields.map { try part.segment.value(field: $0, row: row) },
                        key: part.segment.key(at: row), place: KeyOrder.Place(part: index, row: row)))
            }
        }
        return first.sorted().map(\.place)
    }
}

/// A row and what it is sorted by.
private struct SortedRow {
    let values: [Value]
    let key: PrimaryKey
    let place: KeyOrder.Place

    static func precedes(_ left: SortedRow, _ right: SortedRow, _ directions: [QueryRequest.Direction]) -> Bool {
        for index in directions.indices {
            let order = ScalarOrder.compare(left.values[index], right.values[index], directions[index])
            if order != 0 { return order < 0 }
        }
        return left.key < right.key
    }
}
