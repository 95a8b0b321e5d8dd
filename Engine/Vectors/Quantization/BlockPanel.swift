import CKernels

/// Up to `BlockKernels.panelWidth` prepared queries, interleaved for the kernel that takes them at once.
final class BlockPanel {
    let count: Int
    let words: UnsafeMutablePointer<Int32>
    let terms: UnsafeMutablePointer<apus_block_query>

    init(_ queries: [BlockQuery], of codes: BlockCodes) {
        let width = BlockKernels.best.panelWidth
        precondition(queries.count <= width)
        count = queries.count
        let length = codes.groups * 8 / codes.bits
        words = .allocate(capacity: length * width)
        words.initialize(repeating: 0, count: length * width)
        terms = .allocate(capacity: width)
        for (number, query) in queries.enumerated() {
            for word in 0..<length { words[word * width + number] = query.words[word] }
            terms[number] = query.terms.pointee
        }
    }

    deinit {
        words.deallocate()
        terms.deallocate()
    }
}

/// Room for the places that `BlockCodes.candidates` finds for each query of a panel.
final class BlockCandidates {
    /// Places that fit, for each query.
    let capacity: Int
    let places: UnsafeMutablePointer<UInt32>
    let counts: UnsafeMutablePointer<Int>

    init(capacity: Int) {
        self.capacity = capacity
        places = .allocate(capacity: capacity * BlockKernels.best.panelWidth)
        counts = .allocate(capacity: BlockKernels.best.panelWidth)
    }

    deinit {
        places.deallocate()
        counts.deallocate()
    }

    /// The places of one query of the panel.
    func places(of query: Int) -> UnsafeMutableBufferPointer<UInt32> {
        UnsafeMutableBufferPointer(start: places + query * capacity, count: counts[query])
    }
}
