/// The tree of a regular expression.
indirect enum RegularNode {
    case character(RegularClass)
    case assertion(RegularAssertion)
    case sequence([RegularNode])
    case choice([RegularNode])
    /// At least `least` times, and at most `most` times if that is given.
    case repetition(RegularNode, least: Int, most: Int?)
}

/// Reads a regular expression by recursive descent into its groups, whose depth is bounded.
struct RegularParser {
    private static let mostGroups = 100
    static let mostRepetitions = 1000

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var ignoresCase = false

    static func parse(_ source: String) throws -> RegularNode {
        var parser = RegularParser(scalars: Array(source.unicodeScalars))
        if parser.accept("(?i)") { parser.ignoresCase = true }
        let tree = try parser.choice()
        guard parser.position == parser.scalars.count else { throw parser.wrong("')' closes no group") }
        return tree
    }

    private init(scalars: [Unicode.Scalar]) {
        self.scalars = scalars
    }

    private mutating func choice() throws -> RegularNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.mostGroups else { throw wrong("groups are nested deeper than \(Self.mostGroups) levels") }
        var ways = [try sequence()]
        while accept("|") { ways.append(try sequence()) }
        return ways.count == 1 ? ways[0] : .choice(ways)
    }

    private mutating func sequence() throws -> RegularNode {
        var parts: [RegularNode] = []
        while let scalar = current, scalar != "|", scalar != ")" { parts.append(try repeated()) }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    // MARK: Repetition

    private mutating func repeated() throws -> RegularNode {
        let node = try atom()
        guard let (least, most) = try quantifier() else { return node }
        _ = accept("?")
        if try quantifier() != nil { throw wrong("one repetition follows another; put the first in a group") }
        return .repetition(node, least: least, most: most)
    }

    private mutating func quantifier() throws -> (Int, Int?)? {
        if accept("*") { return (0, nil) }
        if accept("+") { return (1, nil) }
        if accept("?") { return (0, 1) }
        let start = position
        guard accept("{") else { return nil }
        guard let counts = counts(), accept("}") else {
            // Braces that hold no counts stand for themselves.
            position = start
            return nil
        }
        guard counts.1 ?? counts.0 <= Self.mostRepetitions, counts.0 <= counts.1 ?? counts.0 else {
            throw wrong("counts of a repetition ascend and are at most \(Self.mostRepetitions)")
        }
        return counts
    }

    private mutating func counts() -> (Int, Int?)? {
        guard let least = number() else { return nil }
        if !accept(",") { return (least, least) }
        return (least, number())
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = current.flatMap({ Character($0).isASCII ? Character($0).wholeNumberValue : nil }) {
            value = min((value ?? 0) * 10 + digit, Self.mostRepetitions + 1)
            position += 1
        }
        return value
    }

    // MARK: Atoms

    private mutating func atom() throws -> RegularNode {
        let scalar = scalars[position]
        position += 1
        switch scalar {
        case "(": return try group()
        case "[": return .character(try bracketed())
        case ".": return .character(RegularClass.lineFeed.negated)
        case "^": return .assertion(.start)
        case "$": return .assertion(.end)
        case "\\": return try escaped()
        case "*", "+", "?":
            position -= 1
            throw wrong("'\(scalar)' repeats nothing")
        default: return .character(folded(RegularClass(scalar)))
        }
    }

    private mutating func group() throws -> RegularNode {
        if accept("?"), !accept(":") { throw wrong("of the groups that begin with '?' only (?:...) is supported") }
        let inner = try choice()
        guard accept(")") else { throw wrong("a group is not closed") }
        return inner
    }

    private mutating func escaped() throws -> RegularNode {
        if accept("b") { return .assertion(.wordBoundary) }
        if accept("B") { return .assertion(.noWordBoundary) }
        if accept("A") { return .assertion(.start) }
        if accept("z") { return .assertion(.end) }
        return .character(folded(try escapedClass()))
    }

    /// What stands behind a backslash, in brackets and outside.
    private mutating func escapedClass() throws -> RegularClass {
        guard let scalar = current else { throw wrong("a backslash stands before nothing") }
        position += 1
        switch scalar {
        case "d": return .digit
        case "D": return RegularClass.digit.negated
        case "w": return .word
        case "W": return RegularClass.word.negated
        case "s": return .space
        case "S": return RegularClass.space.negated
        case "n": return RegularClass("\n")
        case "r": return RegularClass("\r")
        case "t": return RegularClass("\t")
        case "f": return RegularClass("\u{0C}")
        case "v": return RegularClass("\u{0B}")
        default:
            let isWord = RegularClass.word.contains(scalar)
            if isWord { throw wrong("'\\\(scalar)' is not supported") }
            return RegularClass(scalar)
        }
    }

    private mutating func bracketed() throws -> RegularClass {
        let isNegated = accept("^")
        var members = RegularClass([])
        var isFirst = true
        while let scalar = current, scalar != "]" || isFirst {
            isFirst = false
            members.formUnion(try member())
        }
        guard accept("]") else { throw wrong("a class in brackets is not closed") }
        let folded = folded(members)
        return isNegated ? folded.negated : folded
    }

    /// A character, a range or an escape in brackets.
    private mutating func member() throws -> RegularClass {
        let low = try end()
        guard current == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else { return low }
        position += 1
        let high = try end()
        guard let first = low.single, let last = high.single, first <= last else {
            throw wrong("a range in brackets needs a character on both sides, in their order")
        }
        return RegularClass([first...last])
    }

    private mutating func end() throws -> RegularClass {
        if accept("\\") { return try escapedClass() }
        position += 1
        return RegularClass(scalars[position - 1])
    }

    private func folded(_ characters: RegularClass) -> RegularClass {
        ignoresCase ? characters.ignoringCase : characters
    }

    // MARK: Characters

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func accept(_ text: String) -> Bool {
        guard scalars[position...].starts(with: text.unicodeScalars) else { return false }
        position += text.unicodeScalars.count
        return true
    }

    private func wrong(_ problem: String) -> RegularExpressionError {
        RegularExpressionError(description: "at character \(position + 1): \(problem)")
    }
}

extension RegularClass {
    /// The one character of the class; nil if it has several.
    fileprivate var single: UInt32? {
        guard ranges.count == 1, !isNegated, ranges[0].lowerBound == ranges[0].upperBound else { return nil }
        return ranges[0].lowerBound
    }
}
