/// What the parameters of a graph over codes come to.
struct CodedHNSWPlan {
    let m: Int
    let efConstruction: Int
    /// The codes that are walked over; nil for the rows themselves.
    let codes: CodedRows.Kind?
    /// Whether the graph is built by walking over those codes, too. Product codes are too coarse to find links by, and
    /// the tables of a query cost more than a walk over full rows saves.
    let buildsOverCodes: Bool
    /// Better codes to rank found rows by; nil if that is done by full rows or not at all.
    let fineCodes: CodedRows.Kind?
    private let type: IndexType
    private let refines: Bool

    init(_ definition: IndexDefinition) {
        type = definition.type
        buildsOverCodes = type != .hnswPQ
        guard type != .autoIndex else {
            (m, efConstruction, fineCodes, refines) = (AutoIndex.m, AutoIndex.efConstruction, nil, true)
            codes = definition.metric.isBinary ? nil : .scalar(.sq4)
            return
        }
        m = definition.integer("M")
        efConstruction = definition.integer("efConstruction")
        codes = type == .hnswPQ ? .product : .scalar(ScalarQuantizer.Kind(rawValue: definition.text("sq_type"))!)
        refines = definition.boolean("refine")
        fineCodes = refines ? ScalarQuantizer.Kind(rawValue: definition.text("refine_type")).map { .scalar($0) } : nil
    }

    /// How widely a search looks.
    func breadth(_ parameters: Parameters, k: Int) -> HNSWBreadth {
        guard type != .autoIndex else { return AutoIndex.breadth(parameters, k: k) }
        let refined = refines ? Double(k) * (parameters.number("refine_k") ?? 1) : 0
        return HNSWBreadth(ef: parameters.integer("ef"), k: k, refined: Int(min(refined, 1e9).rounded(.up)))
    }
}
