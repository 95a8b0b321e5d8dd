/// Distinct texts as a tree in which texts with a common beginning share its edges; an edge holds all bytes up to the
/// next fork (Morrison 1968).
///
/// Nodes lie in the order of a walk that visits a node before its children and these by their bytes, so the texts below
/// a node are a range of positions in the order of the texts.
struct TextTrie: Sendable {
    let count: Int
    /// Where the bytes of the edge into each node begin in `labels`, and where the last end.
    let labelStarts: [UInt32]
    let labels: [UInt8]
    /// How many texts come before those at and below each node; behind the last node how many there are.
    let firstTexts: [UInt32]
    /// The node that follows the last one below each node.
    let nextNodes: [UInt32]

    var nodeCount: Int { nextNodes.count }

    func withLabel<Result>(_ node: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        labels.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[Int(labelStarts[node])..<Int(labelStarts[node + 1])]))
        }
    }

    /// Whether a text ends at a node: the next node, its first child if it has any, has more texts before it.
    func endsText(_ node: Int) -> Bool { firstTexts[node + 1] > firstTexts[node] }

    /// The positions of the texts at and below a node.
    func texts(below node: Int) -> Range<Int> { Int(firstTexts[node])..<Int(firstTexts[Int(nextNodes[node])]) }

    /// The first child whose edge does not begin with a byte below `byte`.
    private func child(of node: Int, from byte: UInt8) -> Int? {
        var child = node + 1
        while child < Int(nextNodes[node]) {
            if labels[Int(labelStarts[child])] >= byte { return child }
            child = Int(nextNodes[child])
        }
        return nil
    }

    /// Where a text leaves the tree.
    enum Descent {
        /// The text ends at the end of the edge into this node.
        case atNode(Int)
        /// The text ends inside of the edge into this node.
        case insideEdge(Int)
        /// The text is below all texts from this node on, and above those before.
        case before(Int)
    }

    func descend(_ text: UnsafeRawBufferPointer) -> Descent {
        var node = 0
        var depth = 0
        while depth < text.count {
            guard let next = child(of: node, from: text[depth]) else { return .before(Int(nextNodes[node])) }
            let rest = UnsafeRawBufferPointer(rebasing: text[depth...])
            let (shared, length, isBelow) = withLabel(next) { label in
                let shared = TextOrder.commonPrefix(label, rest)
                return (shared, label.count, shared < min(label.count, rest.count) && rest[shared] < label[shared])
            }
            if shared == rest.count, shared < length { return .insideEdge(next) }
            if shared < length { return .before(isBelow ? next : Int(nextNodes[next])) }
            node = next
            depth += length
        }
        return .atNode(node)
    }
}

extension TextTrie: ScalarDictionary {
    var memoryBytes: Int { labels.count + (labelStarts.count + firstTexts.count + nextNodes.count) * 4 }

    /// How many texts are below `text`, and whether it is there itself.
    private func rank(of text: UnsafeRawBufferPointer) -> (below: Int, isThere: Bool) {
        switch descend(text) {
        case .atNode(let node): (Int(firstTexts[node]), endsText(node))
        case .insideEdge(let node), .before(let node): (Int(firstTexts[node]), false)
        }
    }

    func positions(in range: ScalarRange) -> Range<Int>? {
        var start = 0
        var end = count
        if let lower = range.lower {
            guard let rank = lower.value.withTextBytes(rank) else { return nil }
            start = rank.below + (rank.isThere && !lower.isIncluded ? 1 : 0)
        }
        if let upper = range.upper {
            guard let rank = upper.value.withTextBytes(rank) else { return nil }
            end = rank.below + (rank.isThere && upper.isIncluded ? 1 : 0)
        }
        return start..<max(start, end)
    }

    func candidates(like pattern: LikePattern) -> Range<Int>? {
        node(below: pattern.prefix).map(texts) ?? 0..<0
    }

    func positions(like pattern: LikePattern) -> [Range<Int>]? {
        guard let node = node(below: pattern.prefix) else { return [] }
        return pattern.isPrefixOnly ? [texts(below: node)] : matching(pattern, below: node)
    }

    /// The node at and below which the texts lie that begin with a prefix; nil if there are none.
    private func node(below prefix: [UInt8]) -> Int? {
        switch prefix.withUnsafeBytes(descend) {
        case .before: nil
        case .atNode(let node), .insideEdge(let node): node
        }
    }

    /// Walks over the texts at and below a node whose texts begin with the literal beginning of the pattern.
    private func matching(_ pattern: LikePattern, below top: Int) -> [Range<Int>] {
        var matching = PositionRanges()
        var walk = Walk(self, to: top)
        while let position = walk.next() {
            if walk.text.withUnsafeBytes(pattern.matches) { matching.append(position) }
        }
        return matching.ranges
    }

    func write(to writer: inout ByteWriter) {
        writer.append(UInt32(count))
        writer.append(UInt32(nodeCount))
        writer.append(UInt32(labels.count))
        writer.appendValues(labelStarts)
        writer.appendValues(firstTexts)
        writer.appendValues(nextNodes)
        writer.appendBytes(labels)
    }
}
