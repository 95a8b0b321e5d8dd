/// Numbers of one kind as 64-bit codes that ascend with them.
enum NumberOrder: UInt8, Sendable {
    case bool = 0
    case integer = 1
    /// Of single or double precision; both zeros have one code.
    case floating = 2

    private static let sign: UInt64 = 1 << 63

    static func code(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) ^ sign }

    /// The codes of neighbouring numbers differ by one, but for one unused code below that of zero.
    static func code(_ value: Double) -> UInt64 {
        // Adding zero turns -0.0 into 0.0.
        let bits = (value + 0.0).bitPattern
        return bits & sign == 0 ? bits ^ sign : ~bits
    }

    /// The codes of the numbers in a range; nil if a bound is no constant that such numbers are compared with.
    /// Integers and floating point numbers are compared by size, without rounding either.
    func codes(in range: ScalarRange) -> CodeRange? {
        var codes = CodeRange.all
        if let bound = range.lower {
            guard let lowest = lowestCode(bound) else { return nil }
            codes = codes.intersection(lowest)
        }
        if let bound = range.upper {
            guard let highest = highestCode(bound) else { return nil }
            codes = codes.intersection(highest)
        }
        return codes
    }

    private func lowestCode(_ bound: ScalarBound) -> CodeRange? {
        switch (self, bound.value) {
        case (.bool, .bool(let flag)): .from(Self.code(Int64(flag ? 1 : 0)), bound.isIncluded)
        case (.integer, .integer(let number)): .from(Self.code(number), bound.isIncluded)
        case (.integer, .float(let number)): Self.integers(above: Double(number), bound.isIncluded)
        case (.integer, .double(let number)): Self.integers(above: number, bound.isIncluded)
        case (.floating, .integer(let number)): Self.floats(above: number, bound.isIncluded)
        case (.floating, .float(let number)): Self.floats(above: Double(number), bound.isIncluded)
        case (.floating, .double(let number)): Self.floats(above: number, bound.isIncluded)
        default: nil
        }
    }

    private func highestCode(_ bound: ScalarBound) -> CodeRange? {
        switch (self, bound.value) {
        case (.bool, .bool(let flag)): .through(Self.code(Int64(flag ? 1 : 0)), bound.isIncluded)
        case (.integer, .integer(let number)): .through(Self.code(number), bound.isIncluded)
        case (.integer, .float(let number)): Self.integers(below: Double(number), bound.isIncluded)
        case (.integer, .double(let number)): Self.integers(below: number, bound.isIncluded)
        case (.floating, .integer(let number)): Self.floats(below: number, bound.isIncluded)
        case (.floating, .float(let number)): Self.floats(below: Double(number), bound.isIncluded)
        case (.floating, .double(let number)): Self.floats(below: number, bound.isIncluded)
        default: nil
        }
    }
}

/// Bounds of one kind of number in the other.
extension NumberOrder {
    /// Integers lie from here up to, and without, its negative.
    private static let leastInteger = Double(Int64.min)

    private static func integers(above bound: Double, _ isIncluded: Bool) -> CodeRange {
        guard bound < -leastInteger else { return .none }
        guard bound >= leastInteger else { return .all }
        let next = bound.rounded(.up)
        return .from(code(Int64(next)), isIncluded || next != bound)
    }

    private static func integers(below bound: Double, _ isIncluded: Bool) -> CodeRange {
        guard bound >= leastInteger else { return .none }
        guard bound < -leastInteger else { return .all }
        let next = bound.rounded(.down)
        return .through(code(Int64(next)), isIncluded || next != bound)
    }

    private static func floats(above bound: Double, _ isIncluded: Bool) -> CodeRange {
        bound.isNaN ? .none : .from(code(bound), isIncluded)
    }

    private static func floats(below bound: Double, _ isIncluded: Bool) -> CodeRange {
        bound.isNaN ? .none : .through(code(bound), isIncluded)
    }

    private static func floats(above bound: Int64, _ isIncluded: Bool) -> CodeRange {
        let nearest = Double(bound)
        // An integer between two floating point numbers: whether the nearest is within the range is all that counts.
        let rounded = Int64(exactly: nearest)
        return .from(code(nearest), rounded == bound ? isIncluded : isAbove(rounded, bound))
    }

    private static func floats(below bound: Int64, _ isIncluded: Bool) -> CodeRange {
        let nearest = Double(bound)
        let rounded = Int64(exactly: nearest)
        return .through(code(nearest), rounded == bound ? isIncluded : !isAbove(rounded, bound))
    }

    /// - Parameter rounded: nil for 2^63, the only rounded integer that is none of 64 bits.
    private static func isAbove(_ rounded: Int64?, _ bound: Int64) -> Bool { rounded.map { $0 > bound } ?? true }
}

/// Codes from the lowest to the highest, both included; none if the lowest is above the highest.
struct CodeRange: Sendable {
    let lowest: UInt64
    let highest: UInt64

    static let all = CodeRange(lowest: 0, highest: .max)
    static let none = CodeRange(lowest: 1, highest: 0)

    static func from(_ code: UInt64, _ isIncluded: Bool) -> CodeRange {
        if isIncluded { return CodeRange(lowest: code, highest: .max) }
        return code == .max ? none : CodeRange(lowest: code + 1, highest: .max)
    }

    static func through(_ code: UInt64, _ isIncluded: Bool) -> CodeRange {
        if isIncluded { return CodeRange(lowest: 0, highest: code) }
        return code == 0 ? none : CodeRange(lowest: 0, highest: code - 1)
    }

    func intersection(_ other: CodeRange) -> CodeRange {
        CodeRange(lowest: max(lowest, other.lowest), highest: min(highest, other.highest))
    }
}
