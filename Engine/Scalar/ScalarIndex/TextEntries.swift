/// Entries of texts in the order of their rows, each distinct text kept once, and their sorting into groups.
struct TextEntries {
    private var texts = DistinctTexts()
    /// The text of each entry by its number, and its row.
    private var entries: [(text: UInt32, row: UInt32)] = []
    /// The last row of each text.
    private var lastRows: [UInt32] = []

    /// - Parameter row: not below those before.
    mutating func append(_ text: UnsafeRawBufferPointer, row: Int) {
        let number = texts.number(of: text)
        let row = UInt32(row)
        if number == lastRows.count {
            lastRows.append(row)
        } else if lastRows[number] == row {
            return
        }
        lastRows[number] = row
        entries.append((UInt32(number), row))
    }

    /// The distinct texts in order, and the rows of each.
    consuming func grouped() -> (values: SortedTexts, groups: RowGroups) {
        let order = texts.sorted()
        var rank = [Int](repeating: 0, count: order.count)
        for (position, number) in order.enumerated() { rank[Int(number)] = position }
        var starts = [Int](repeating: 0, count: order.count + 1)
        for entry in entries { starts[rank[Int(entry.text)] + 1] += 1 }
        for position in 0..<order.count { starts[position + 1] += starts[position] }
        var places = starts
        var rows = [UInt32](repeating: 0, count: entries.count)
        for entry in entries {
            let position = rank[Int(entry.text)]
            rows[places[position]] = entry.row
            places[position] += 1
        }
        return (texts.gathered(order), RowGroups(starts: starts, rows: rows))
    }
}

/// Texts numbered as they come, each once: a hash table of open addressing (Knuth 1973).
struct DistinctTexts {
    private var bytes: [UInt8] = []
    private var offsets: [Int] = [0]
    private var hashes: [UInt32] = []
    /// A number plus one, or 0 for none; the length is a power of two, above half of which is never filled.
    private var slots = [UInt32](repeating: 0, count: 64)

    var count: Int { hashes.count }

    /// The number of a text, a new one if it is not known.
    mutating func number(of text: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: text)
        let hash = UInt32(truncatingIfNeeded: hasher.finalize())
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if hashes[number] == hash, withText(number, { TextOrder.isEqual($0, text) }) { return number }
            slot = (slot + 1) & (slots.count - 1)
        }
        bytes.append(contentsOf: text)
        offsets.append(bytes.count)
        hashes.append(hash)
        slots[slot] = UInt32(count)
        if count * 2 > slots.count { grow() }
        return count - 1
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for (number, hash) in hashes.enumerated() {
            var slot = Int(hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(number + 1)
        }
    }

    @inline(__always)
    private func withText<Result>(_ number: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[offsets[number]..<offsets[number + 1]])) }
    }

    /// The numbers of the texts in the order of their bytes. The first eight decide most comparisons.
    func sorted() -> [UInt32] {
        var keys = (0..<count).map { (lead: withText($0, TextOrder.leadingBytes), number: UInt32($0)) }
        keys.sort { left, right in
            if left.lead != right.lead { return left.lead < right.lead }
            return withText(Int(left.number)) { text in
                withText(Int(right.number)) { TextOrder.isLess(text, than: $0) }
            }
        }
        return keys.map(\.number)
    }

    /// The texts in a given order, which must ascend.
    func gathered(_ order: [UInt32]) -> SortedTexts {
        var sorted: [UInt8] = []
        sorted.reserveCapacity(bytes.count)
        var starts: [UInt32] = [0]
        starts.reserveCapacity(order.count + 1)
        for number in order {
            sorted.append(contentsOf: bytes[offsets[Int(number)]..<offsets[Int(number) + 1]])
            starts.append(UInt32(sorted.count))
        }
        return SortedTexts(offsets: starts, bytes: sorted)
    }
}
