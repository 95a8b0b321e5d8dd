/// Entities that are there with some of their fields replaced: what a partial upsert writes.
struct RowUpdate {
    /// The entities as they are.
    let state: CollectionState
    let given: PartialRows

    private typealias Place = (segment: any Segment, row: Int)

    /// Whole rows: the given fields, and the others as they are. Keys that are given for the dynamic field are put into
    /// the objects that are there; sparse vectors of functions are made anew where their texts are given.
    ///
    /// - Throws: `ApusError` with code `notFound` naming a key that is not there, `invalidArgument` if the entities are in
    ///   several partitions, `notLoaded` if their fields are not in memory.
    func rows() throws -> Batch {
        var partitions: Set<UInt32> = []
        let places = try given.keys.enumerated().map { number, key in
            guard let found = state.locate(key) else {
                throw ApusError(.notFound, "row \(number): there is no entity with key \(key); use upsert to insert it")
            }
            partitions.insert(state.partition(at: found.place, row: found.row))
            return Place(state.segment(at: found.place), found.row)
        }
        var columns = try state.schema.fields.indices.map { try column(at: $0, places) }
        for function in state.schema.functions where given.columns[state.schema.position(of: function.input)!] != nil {
            try function.write(to: &columns, state.schema)
        }
        var batch = Batch(rowCount: places.count, columns: columns)
        batch.partition = try partition(of: partitions)
        return batch
    }

    /// The partition that the rows stay in. A partition key decides by itself.
    private func partition(of partitions: Set<UInt32>) throws -> UInt32 {
        guard state.schema.partitionKeyIndex == nil, let first = partitions.first else {
            return PartitionTable.defaultNumber
        }
        guard partitions.count == 1 else {
            throw ApusError(
                .invalidArgument,
                "the entities are in \(partitions.count) partitions; update those of one partition at a time")
        }
        return first
    }

    private func column(at position: Int, _ places: [Place]) throws -> Batch.FieldColumn {
        let field = state.schema.fields[position]
        if position == state.schema.dynamicFieldIndex, case .scalar(let patch)? = given.columns[position] {
            return .scalar(try objects(at: position, places, patch))
        }
        if let column = given.columns[position] { return column }
        guard let layout = field.type.vectorLayout else {
            return .scalar(try scalars(at: position, places, type: field.type))
        }
        var bytes: [UInt8] = []
        for place in places {
            guard let vector = try place.segment.value(field: position, row: place.row).denseVector else {
                preconditionFailure("field \(position) holds vectors")
            }
            vector.withBytes { bytes += $0 }
        }
        return .vector(bytes.withUnsafeBytes { DenseVectors($0, layout.element) })
    }

    private func scalars(at position: Int, _ places: [Place], type: DataType) throws -> Column {
        var builder = ColumnBuilder(type: type, reservingRows: places.count)
        for place in places {
            let value = try place.segment.value(field: position, row: place.row)
            if value == .null { builder.appendNull() } else { builder.append(try ValueCodec.encode(value, as: type)) }
        }
        return builder.finish()
    }

    private func objects(at position: Int, _ places: [Place], _ patch: Column) throws -> Column {
        var builder = ColumnBuilder(type: .json, reservingRows: places.count)
        for (number, place) in places.enumerated() {
            guard case .json(let object) = try place.segment.value(field: position, row: place.row) else {
                preconditionFailure("the dynamic field holds JSON")
            }
            let merged = Array(object.utf8).withUnsafeBytes { object in
                patch.withBytes(at: number) { JSONMerge.merged(object, with: $0) ?? Array($0) }
            }
            guard merged.count <= Limits.jsonBytes else {
                throw ApusError(
                    .invalidArgument,
                    "field '\(Schema.dynamicFieldName)', row \(number): the dynamic fields would have \(merged.count) bytes; at most \(Limits.jsonBytes) fit"
                )
            }
            builder.append(merged)
        }
        return builder.finish()
    }
}
