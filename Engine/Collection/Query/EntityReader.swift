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

    /// - Parameter group: the value of the group that the entities belong to, if hits are grouped.
    func hits(
        _ entities: some Sequence<RankedEntity>, _ outputs: OutputFields, _ rounding: ScoreRounding,
        group: Value? = nil
    ) throws -> [Hit] {
        try entities.map { entity in
            let fields = outputs.isEmpty ? [:] : try values(of: entity.key, outputs)
            return Hit(
                primaryKey: entity.key, score: rounding.rounded(entity.score), fields: fields, group: group)
        }
    }

    private func values(of key: PrimaryKey, _ outputs: OutputFields) throws -> [String: Value] {
        let (place, row) = place(of: key)
        return try outputs.values(of: state.segment(at: place), row: row)
    }
}
