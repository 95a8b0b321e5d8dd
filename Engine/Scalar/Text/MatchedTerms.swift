extension Filter {
    /// The terms that the filter wants in the texts of a field; not those of conditions that must fail.
    func matchedTerms(of field: Int) -> [String] { node.matchedTerms(of: field) }
}

extension FilterNode {
    fileprivate func matchedTerms(of field: Int) -> [String] {
        switch self {
        case .all(let parts), .any(let parts): return parts.flatMap { $0.matchedTerms(of: field) }
        case .leaf(let leaf):
            guard leaf.polarity == .holds, case .terms(let condition, _) = leaf.condition, condition.field == field
            else {
                return []
            }
            return (0..<condition.terms.count).map { number in
                condition.terms.withBytes(of: number) { String(decoding: $0, as: UTF8.self) }
            }
        case .constant, .sample: return []
        }
    }
}
