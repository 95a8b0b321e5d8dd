/// Distinct texts in ascending order of their UTF-8 bytes.
struct SortedTexts: Sendable {
    /// Where each text begins in `bytes`, and where the last ends.
    private let offsets: [UInt32]
    private let bytes: [UInt8]

    /// - Parameters:
    ///   - offsets: one more than there are texts, from 0.
    ///   - bytes: the texts one after the other, distinct and ascending.
    init(offsets: [UInt32], bytes: [UInt8]) {
        self.offsets = offsets
        self.bytes = bytes
    }

    var count: Int { offsets.count - 1 }

    /// Calls `body` with the bytes of a text.
    @inline(__always)
    func withText<Result>(_ position: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[Int(offsets[position])..<Int(offsets[position + 1])]))
        }
    }

    /// The position of a text; nil if it is not there.
    func position(of text: UnsafeRawBufferPointer) -> Int? {
        let position = start(of: text)
        return position < count && withText(position) { TextOrder.isEqual($0, text) } ? position : nil
    }

    /// The first position of a text that is not below `text`.
    private func start(of text: UnsafeRawBufferPointer) -> Int {
        partitionPoint(count) { withText($0) { TextOrder.isLess($0, than: text) } }
    }

    /// The first position of a text that is above `text`.
    private func end(of text: UnsafeRawBufferPointer) -> Int {
        partitionPoint(count) { withText($0) { !TextOrder.isLess(text, than: $0) } }
    }

    /// The positions of the texts that begin with `prefix`.
    private func positions(beginningWith prefix: UnsafeRawBufferPointer) -> Range<Int> {
        let start = start(of: prefix)
        let end = partitionPoint(count) {
            withText($0) { text in
                !TextOrder.isLess(prefix, than: UnsafeRawBufferPointer(rebasing: text.prefix(prefix.count)))
            }
        }
        return start..<end
    }
}

extension SortedTexts: ScalarDictionary {
    var memoryBytes: Int { bytes.count + offsets.count * 4 }

    func positions(in range: ScalarRange) -> Range<Int>? {
        var start = 0
        var end = count
        if let lower = range.lower {
            guard let bound = lower.value.withTextBytes({ lower.isIncluded ? self.start(of: $0) : self.end(of: $0) })
            else { return nil }
            start = bound
        }
        if let upper = range.upper {
            guard let bound = upper.value.withTextBytes({ upper.isIncluded ? self.end(of: $0) : self.start(of: $0) })
            else { return nil }
            end = bound
        }
        return start..<max(start, end)
    }

    func candidates(like pattern: LikePattern) -> Range<Int>? {
        pattern.prefix.withUnsafeBytes { positions(beginningWith: $0) }
    }

    func positions(like pattern: LikePattern) -> [Range<Int>]? {
        let candidates = pattern.prefix.withUnsafeBytes { positions(beginningWith: $0) }
        if pattern.isPrefixOnly { return [candidates] }
        var matching = PositionRanges()
        for position in candidates where withText(position, pattern.matches) { matching.append(position) }
        return matching.ranges
    }

    func write(to writer: inout ByteWriter) {
        writer.append(UInt32(count))
        writer.appendValues(offsets)
        writer.appendBytes(bytes)
    }

    /// - Throws: `StorageError.corrupted` if the bytes are no such texts.
    init(from reader: inout ByteReader) throws {
        let count = Int(try reader.uint32())
        offsets = try reader.integers(count + 1)
        guard offsets[0] == 0, zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw reader.corrupted("the offsets of texts do not ascend")
        }
        bytes = Array(try reader.byteSlice(Int(offsets[count])))
        for position in 1..<max(count, 1) {
            let ascends = withText(position - 1) { before in
                withText(position) { TextOrder.isLess(before, than: $0) }
            }
            guard ascends else { throw reader.corrupted("text \(position) of an index is not above the one before") }
        }
    }
}

/// Positions joined to ranges.
struct PositionRanges {
    private(set) var ranges: [Range<Int>] = []

    /// - Parameter position: above those before.
    mutating func append(_ position: Int) {
        if let last = ranges.last, last.upperBound == position {
            ranges[ranges.count - 1] = last.lowerBound..<position + 1
        } else {
            ranges.append(position..<position + 1)
        }
    }
}

extension Value {
    /// The result of `body` for the UTF-8 of a text; nil for any other value.
    func withTextBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        guard case .text(var text) = self else { return nil }
        return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}
