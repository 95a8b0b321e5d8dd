/// An index of a scalar field that a collection asks for.
struct ScalarIndexRecord: Sendable, Hashable {
    /// Given once, so that a file of an index that was dropped is never taken for one of its successor.
    let number: UInt64
    /// Position of the field in the schema.
    let field: Int
    let definition: ScalarIndexDefinition

    /// What the index is about.
    func path(in schema: Schema) -> ScalarPath { definition.path(ofFieldAt: field, named: schema.fields[field].name) }
}
