/// Numbers different terms in the order in which they come: a hash table with open addressing over their bytes.
struct TermTable: Sendable {
    private(set) var count = 0
    private var bytes: [UInt8] = []
    /// Where each term ends in `bytes`, and before that a zero.
    private var ends: [UInt32] = [0]
    private var hashes: [UInt32] = []
    /// Numbers by hash; `UInt32.max` where none is.
    private var slots: [UInt32] = Array(repeating: .max, count: 16)

    init() {}

    init(_ terms: some Sequence<String>) {
        for term in terms { _ = add(term) }
    }

    var memoryBytes: Int { bytes.count + 4 * (ends.count + hashes.count + slots.count) }

    /// The number of a term that was added; nil if it was not.
    func number(of term: UnsafeRawBufferPointer) -> Int? {
        let number = slots[slot(of: term, TermHash.hash(term))]
        return number == .max ? nil : Int(number)
    }

    /// The number of a term, which is added if it is new.
    mutating func add(_ term: UnsafeRawBufferPointer) -> Int {
        let hash = TermHash.hash(term)
        let place = slot(of: term, hash)
        if slots[place] != .max { return Int(slots[place]) }
        slots[place] = UInt32(count)
        bytes.append(contentsOf: term)
        ends.append(UInt32(bytes.count))
        hashes.append(hash)
        count += 1
        if count * 2 > slots.count { grow() }
        return count - 1
    }

    mutating func add(_ term: String) -> Int {
        var term = term
        return term.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    func withBytes<Result>(of number: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let range = Int(ends[number])..<Int(ends[number + 1])
        return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// Where a term is, or the free slot that it would take.
    private func slot(of term: UnsafeRawBufferPointer, _ hash: UInt32) -> Int {
        let mask = slots.count - 1
        var place = Int(hash) & mask
        while slots[place] != .max {
            let number = Int(slots[place])
            if hashes[number] == hash, withBytes(of: number, { $0.elementsEqual(term) }) { break }
            place = (place + 1) & mask
        }
        return place
    }

    private mutating func grow() {
        slots = Array(repeating: .max, count: slots.count * 2)
        let mask = slots.count - 1
        for (number, hash) in hashes.enumerated() {
            var place = Int(hash) & mask
            while slots[place] != .max { place = (place + 1) & mask }
            slots[place] = UInt32(number)
        }
    }
}

/// The dimension of a term in a sparse vector: 32 bits of a hash of its UTF-8, the same on every machine.
///
/// Different terms may share a dimension and then count as one: of 100,000 terms about one pair does.
enum TermHash {
    static func hash(_ term: UnsafeRawBufferPointer) -> UInt32 {
        // UInt32.max is no dimension.
        min(UInt32(truncatingIfNeeded: StableHash.hash(term) >> 32), .max - 1)
    }
}
