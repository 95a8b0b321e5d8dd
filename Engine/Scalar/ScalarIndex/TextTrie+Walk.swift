extension TextTrie {
    /// Gives the texts at and below a node one after the other, with their bytes.
    struct Walk {
        private let trie: TextTrie
        private var node: Int
        private let end: Int
        /// The bytes of the path to the last text given.
        private(set) var text: [UInt8] = []
        /// The nodes of that path: where each ends, and how many bytes lead to its parent.
        private var path: [(nextNode: Int, parentLength: Int)] = []

        init(_ trie: TextTrie, to top: Int) {
            self.trie = trie
            node = 0
            end = Int(trie.nextNodes[top])
            while node != top {
                enter(node)
                // The child that holds the top node.
                node += 1
                while Int(trie.nextNodes[node]) <= top { node = Int(trie.nextNodes[node]) }
            }
        }

        private mutating func enter(_ node: Int) {
            path.append((Int(trie.nextNodes[node]), text.count))
            trie.withLabel(node) { text.append(contentsOf: $0) }
        }

        /// The position of the next text; nil behind the last.
        mutating func next() -> Int? {
            while node < end {
                while let last = path.last, last.nextNode <= node {
                    text.removeLast(text.count - last.parentLength)
                    path.removeLast()
                }
                enter(node)
                node += 1
                if trie.endsText(node - 1) { return Int(trie.firstTexts[node - 1]) }
            }
            return nil
        }
    }
}
