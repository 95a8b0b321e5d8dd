import Glibc
/// What the parameters of a graph over codes come to.
struct CodedHNSWPlan {
    let m: Int
    let efConstruction: Int
    /// The codes that are walked over.
    let codes: ScalarQuantizer.Kind
    /// Better codes to rank found rows by; nil if that is done by full rows or not at all.
    let fineCodes: ScalarQuantizer.Kind?
    private let type: IndexType
    private let refines: Bool

    init(_ definition: IndexDefinition) {
        type = definition.type
        guard type != .autoIndex else {
            (m, efConstruction, codes, fineCodes, refines) = (16, 200, ScalarQuantizer.Kind(rawValue: getenv("AC").map { String(cString: $0) } ?? "SQ4")!, nil, true)
            return
        }
        m = definition.integer("M")
        efConstruction = definition.integer("efConstruction")
        codes = ScalarQuantizer.Kind(rawValue: definition.text("sq_type"))!
        refines = definition.boolean("refine")
        fineCodes = refines ? ScalarQuantizer.Kind(rawValue: definition.text("refine_type")) : nil
    }

    /// How widely a search looks.
    func breadth(_ parameters: Parameters, k: Int) -> HNSWBreadth {
        guard type != .autoIndex else { return autoBreadth(parameters, k: k) }
        let refined = refines ? (Double(k) * parameters.number("refine_k")!).rounded(.up) : 0
        return HNSWBreadth(ef: parameters.integer("ef"), k: k, refined: Int(min(refined, 1e9)))
    }

    private func autoBreadth(_ parameters: Parameters, k: Int) -> HNSWBreadth {
        let ef = parameters.integer("ef") ?? max(64, 2 * k)
        return HNSWBreadth(ef: ef, k: k, refined: getenv("AR").map { max(k, Int(Double(ef) * atof($0))) } ?? ef)
    }
}
