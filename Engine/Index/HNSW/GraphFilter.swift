/// The rows that a search of a graph may return, in the form that walks test.
///
/// Kept from search to search: the same filter comes again and again.
final class GraphFilter: Sendable {
    /// What may be returned.
    let permitted: RowSet
    /// The rows of the graph that stand for a permitted row: themselves, or one equal to them.
    let nodes: RowSet
    /// Nodes from all over the graph, where a walk may begin.
    let samples: [UInt32]

    static let samplesAtMost = 128

    init(_ permitted: RowSet, graph: HNSWGraph) {
        self.permitted = permitted
        nodes = graph.duplicates.isEmpty ? permitted : Self.nodes(permitted, graph.duplicates)
        samples = Self.sample(nodes)
    }

    /// Whether this is the filter of that very set. O(1); equal sets in other memory count as others.
    func isOf(_ other: RowSet) -> Bool { permitted.isIdentical(to: other) }

    private static func nodes(_ permitted: RowSet, _ duplicates: DuplicateGroups) -> RowSet {
        var nodes = permitted
        for (group, representative) in duplicates.representatives.enumerated() {
            let members = duplicates.members[Int(duplicates.starts[group])..<Int(duplicates.starts[group + 1])]
            for member in members where nodes.remove(Int(member)) { nodes.insert(Int(representative)) }
        }
        return nodes
    }

    /// The first node of each of as many equal stretches of rows.
    private static func sample(_ nodes: RowSet) -> [UInt32] {
        let words = nodes.words
        let stretches = min(samplesAtMost, words.count)
        return (0..<stretches).compactMap { stretch in
            let range = words.count * stretch / stretches..<words.count * (stretch + 1) / stretches
            return range.first { words[$0] != 0 }.map { UInt32($0 << 6 | words[$0].trailingZeroBitCount) }
        }
    }
}
