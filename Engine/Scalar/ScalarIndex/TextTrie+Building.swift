extension TextTrie {
    /// The tree of distinct texts. O(texts x forks on their way).
    init(_ texts: SortedTexts) {
        var builder = Builder(texts: texts)
        builder.build()
        count = texts.count
        labelStarts = builder.labelStarts
        labels = builder.labels
        firstTexts = builder.firstTexts + [UInt32(texts.count)]
        nextNodes = builder.nextNodes()
    }

    private struct Builder {
        let texts: SortedTexts
        private(set) var labelStarts: [UInt32] = [0]
        private(set) var labels: [UInt8] = []
        private(set) var firstTexts: [UInt32] = []
        /// Edges from the root to each node.
        private var levels: [Int] = []

        /// Texts that share their first `depth` bytes and belong below one node of a level.
        private struct Branch {
            let texts: Range<Int>
            let depth: Int
            let level: Int
        }

        init(texts: SortedTexts) {
            self.texts = texts
        }

        mutating func build() {
            appendNode(Branch(texts: 0..<texts.count, depth: 0, level: 0), labelEnd: 0)
            var open = children(of: 0..<texts.count, depth: 0, level: 1).reversed() as [Branch]
            while let branch = open.popLast() {
                let end = commonLength(branch.texts)
                appendNode(branch, labelEnd: end)
                open += children(of: branch.texts, depth: end, level: branch.level + 1).reversed()
            }
        }

        private mutating func appendNode(_ branch: Branch, labelEnd: Int) {
            if branch.depth < labelEnd {
                texts.withText(branch.texts.lowerBound) { labels.append(contentsOf: $0[branch.depth..<labelEnd]) }
            }
            labelStarts.append(UInt32(labels.count))
            firstTexts.append(UInt32(branch.texts.lowerBound))
            levels.append(branch.level)
        }

        /// Bytes that texts of a range share: those that the first and the last do.
        private func commonLength(_ range: Range<Int>) -> Int {
            texts.withText(range.lowerBound) { first in
                texts.withText(range.upperBound - 1) { TextOrder.commonPrefix(first, $0) }
            }
        }

        /// Texts of a range by their byte at `depth`; one that ends there is at the node itself.
        private func children(of range: Range<Int>, depth: Int, level: Int) -> [Branch] {
            var branches: [Branch] = []
            var start = range.lowerBound
            if start < range.upperBound, texts.withText(start, { $0.count }) == depth { start += 1 }
            while start < range.upperBound {
                let byte = texts.withText(start) { $0[depth] }
                let end =
                    start
                    + partitionPoint(range.upperBound - start) { offset in
                        texts.withText(start + offset) { $0[depth] } == byte
                    }
                branches.append(Branch(texts: start..<end, depth: depth, level: level))
                start = end
            }
            return branches
        }

        /// Of each node the first later one that is not below it.
        func nextNodes() -> [UInt32] {
            var next = [UInt32](repeating: UInt32(levels.count), count: levels.count)
            var open: [Int] = []
            for node in levels.indices {
                while let last = open.last, levels[last] >= levels[node] {
                    next[last] = UInt32(node)
                    open.removeLast()
                }
                open.append(node)
            }
            return next
        }
    }

    /// - Throws: `StorageError.corrupted` if the bytes are no such tree.
    init(from reader: inout ByteReader) throws {
        let count = try reader.uint32()
        let nodeCount = try reader.uint32()
        let labelBytes = try reader.uint32()
        labelStarts = try reader.integers(Int(nodeCount) + 1)
        firstTexts = try reader.integers(Int(nodeCount) + 1)
        nextNodes = try reader.integers(Int(nodeCount))
        labels = Array(try reader.byteSlice(Int(labelBytes)))
        self.count = Int(count)
        guard nodeCount > 0, labelStarts[0] == 0, labelStarts[1] == 0, labelStarts[Int(nodeCount)] == labelBytes,
            zip(labelStarts.dropFirst(), labelStarts.dropFirst(2)).allSatisfy({ $0 < $1 })
        else { throw reader.corrupted("the edges of a tree of texts do not follow each other") }
        guard firstTexts[0] == 0, firstTexts[Int(nodeCount)] == count,
            zip(firstTexts, firstTexts.dropFirst()).allSatisfy({ $0 <= $1 })
        else { throw reader.corrupted("the texts of a tree do not follow each other") }
        try checkNesting(reader)
    }

    /// Each node ends behind itself and not behind the node that it is below.
    private func checkNesting(_ reader: ByteReader) throws {
        var open: [UInt32] = []
        for (node, next) in nextNodes.enumerated() {
            while let last = open.last, last <= node { open.removeLast() }
            guard next > node, next <= open.last ?? UInt32(nodeCount) else {
                throw reader.corrupted("node \(node) of a tree of texts does not end where it can")
            }
            open.append(next)
        }
        guard nextNodes[0] == UInt32(nodeCount) else { throw reader.corrupted("a tree of texts has several roots") }
    }
}
