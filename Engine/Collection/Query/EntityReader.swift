/// Reads fields of the live entities of one state by their keys.
struct EntityReader {
    let state: CollectionState

    /// - Parameter key: of an entity that a search over this state found.
    func value(of key: PrimaryKey, field: Int) throws -> Value {
        let (place, row) = place(of: key)
        return try state.segment(at: place).value(field: field, row: row)
    }

    func place(of key: PrimaryKey) -> (place: CollectionState.Place, row: Int) {
        guard let found = state.locate(key) else {
            preconditionFailure("an entity that a search found is alive in the state that was searched")
        }
        return found
    }

    /// Hits with the output fields, given by name and position.
    func hits(_ entities: some Sequence<RankedEntity>, outputs: [(name: String, field: Int)]) throws -> [Hit] {
        try entities.map { entity in
            var fields: [String: Value] = [:]
            if !outputs.isEmpty {
                let (place, row) = place(of: entity.key)
                let segment = state.segment(at: place)
                for output in outputs { fields[output.name] = try segment.value(field: output.field, row: row) }
            }
            return Hit(primaryKey: entity.key, score: entity.score, fields: fields)
        }
    }
}
