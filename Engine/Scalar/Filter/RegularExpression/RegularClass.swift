/// A set of characters.
struct RegularClass: Sendable {
    private(set) var ranges: [ClosedRange<UInt32>]
    private(set) var isNegated = false
    private var ignoresCase = false

    init(_ ranges: [ClosedRange<UInt32>]) {
        self.ranges = ranges
    }

    init(_ scalar: Unicode.Scalar) {
        self.init([scalar.value...scalar.value])
    }

    static let all = RegularClass([0...0x10FFFF])
    static let lineFeed = RegularClass([0x0A...0x0A])
    static let digit = RegularClass([0x30...0x39])
    static let word = RegularClass([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = RegularClass([0x09...0x0D, 0x20...0x20])

    var negated: RegularClass {
        var copy = self
        copy.isNegated.toggle()
        return copy
    }

    var ignoringCase: RegularClass {
        var copy = self
        copy.ignoresCase = true
        return copy
    }

    /// The class as ranges without negation.
    private var positiveRanges: [ClosedRange<UInt32>] {
        guard isNegated else { return ranges }
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { gaps.append(next...0x10FFFF) }
        return gaps
    }

    mutating func formUnion(_ other: RegularClass) {
        ranges = positiveRanges + other.positiveRanges
        isNegated = false
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        includes(scalar.value) != isNegated
    }

    private func includes(_ code: UInt32) -> Bool {
        if holds(code) { return true }
        guard ignoresCase, let scalar = Unicode.Scalar(code) else { return false }
        return Self.variants(of: scalar).contains(where: holds)
    }

    private func holds(_ code: UInt32) -> Bool { ranges.contains { $0.contains(code) } }

    /// The scalar in upper and in lower case, where that is one scalar.
    private static func variants(of scalar: Unicode.Scalar) -> [UInt32] {
        [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].compactMap { text in
            let scalars = text.unicodeScalars
            return scalars.count == 1 ? scalars.first!.value : nil
        }
    }
}
