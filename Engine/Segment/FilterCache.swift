import Synchronization

/// The rows that recent filters permit in one sealed segment, whose rows never change.
///
/// Evaluating a filter over a million rows takes milliseconds, a search of them less than a tenth of one. Any thread may
/// ask; two that ask for a new filter at the same time may both evaluate it.
final class FilterCache: Sendable {
    private struct Entry {
        /// The rows that match, deleted ones included.
        let matching: RowSet
        /// The live rows that the filter was last used with, nil for all, and those of them that match.
        let live: RowSet?
        let permitted: RowSet
        var lastUse: UInt64

        var byteCount: Int { (live == nil ? 1 : 2) * matching.words.count * 8 }
    }

    private struct Contents {
        var entries: [String: Entry] = [:]
        var byteCount = 0
        var uses: UInt64 = 0
    }

    private let contents = Mutex(Contents())
    private let bytesAtMost: Int

    /// - Parameter bytesAtMost: of sets; what was not used for the longest time goes first.
    init(bytesAtMost: Int = 4 << 20) { self.bytesAtMost = bytesAtMost }

    var byteCount: Int { contents.withLock(\.byteCount) }

    /// The live rows that match a filter. The same set in the same memory as long as no row is deleted in between, so
    /// that an index can tell that it comes again.
    ///
    /// - Parameters:
    ///   - key: equal for filters that match the same rows of this segment.
    ///   - live: the rows that are alive; nil for all.
    ///   - evaluate: the rows that match, deleted ones included.
    func permitted(
        key: String, live: RowSet?, evaluate: () throws -> RowSet
    ) rethrows -> RowSet {
        let known = use(key)
        if let known, Self.isSame(known.live, live) { return known.permitted }
        let matching = try known?.matching ?? evaluate()
        let permitted = live.map { matching.intersection($0) } ?? matching
        keep(Entry(matching: matching, live: live, permitted: permitted, lastUse: 0), key)
        return permitted
    }

    private static func isSame(_ left: RowSet?, _ right: RowSet?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return left.isIdentical(to: right)
    }

    private func use(_ key: String) -> Entry? {
        contents.withLock { contents in
            contents.uses += 1
            contents.entries[key]?.lastUse = contents.uses
            return contents.entries[key]
        }
    }

    private func keep(_ entry: Entry, _ key: String) {
        contents.withLock { contents in
            if let old = contents.entries.removeValue(forKey: key) { contents.byteCount -= old.byteCount }
            guard entry.byteCount <= bytesAtMost else { return }
            while contents.byteCount + entry.byteCount > bytesAtMost {
                let oldest = contents.entries.min { $0.value.lastUse < $1.value.lastUse }!
                contents.entries[oldest.key] = nil
                contents.byteCount -= oldest.value.byteCount
            }
            contents.entries[key] = entry
            contents.entries[key]?.lastUse = contents.uses
            contents.byteCount += entry.byteCount
        }
    }
}
