extension Collection {
    /// Whether there is a live entity with each of the keys. Works without `load`: keys are always in memory.
    public func contains(keys: [PrimaryKey]) -> [Bool] {
        let state = state
        return keys.map { state.locate($0) != nil }
    }
}
