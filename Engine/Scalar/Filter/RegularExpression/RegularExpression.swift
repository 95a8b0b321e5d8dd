/// A regular expression that is searched for in time linear in the text: all ways to match are followed at once
/// (Thompson 1968), so there are no back-references and nothing to look around with.
///
/// Literals, `.`, classes such as `[^a-z]` and `\d \w \s`, groups, `|`, `* + ? {m,n}` (greed makes no difference to
/// whether there is a match), `^`, `$`, `\b`, `\B`, and `(?i)` at the start. It matches anywhere in a text unless it is
/// anchored. Characters are Unicode scalars; `.` is any but a line feed.
struct RegularExpression: Sendable {
    let source: String
    fileprivate let program: [RegularInstruction]

    /// - Throws: `RegularExpressionError` that says where it stopped and why.
    init(_ source: String) throws {
        self.source = source
        program = try RegularCompiler.compile(RegularParser.parse(source))
    }

    /// - Parameter text: UTF-8.
    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        var search = RegularSearch(self)
        return search.matches(text)
    }
}

struct RegularExpressionError: Error, CustomStringConvertible {
    let description: String
}

/// One step of a compiled expression. The next one follows unless it says otherwise.
enum RegularInstruction: Sendable {
    case character(RegularClass)
    case assertion(RegularAssertion)
    /// Goes on at both places.
    case split(Int, Int)
    case jump(Int)
    case match
}

/// What stands around a place of a text, without taking a character.
enum RegularAssertion: Sendable {
    case start, end, wordBoundary, noWordBoundary

    func holds(between previous: Unicode.Scalar?, and next: Unicode.Scalar?) -> Bool {
        let isBoundary = Self.isWord(previous) != Self.isWord(next)
        return switch self {
        case .start: previous == nil
        case .end: next == nil
        case .wordBoundary: isBoundary
        case .noWordBoundary: !isBoundary
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map(RegularClass.word.contains) ?? false
    }
}

/// Searches texts for one expression, one after the other, in memory that it keeps.
struct RegularSearch {
    private let program: [RegularInstruction]
    private var current: RegularStates
    private var following: RegularStates
    private var pending: [Int] = []

    init(_ expression: RegularExpression) {
        program = expression.program
        current = RegularStates(count: program.count)
        following = RegularStates(count: program.count)
    }

    /// O(bytes of the text x length of the expression).
    mutating func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        current.clear()
        var scalars = UTF8Scalars(text)
        var previous: Unicode.Scalar?
        var next = scalars.next()
        while true {
            if follow(0, between: previous, and: next) { return true }
            guard let character = next else { return false }
            swap(&current, &following)
            current.clear()
            next = scalars.next()
            for state in following.members {
                guard case .character(let allowed) = program[state], allowed.contains(character) else { continue }
                if follow(state + 1, between: character, and: next) { return true }
            }
            previous = character
        }
    }

    /// Adds a state and all that it leads to without taking a character; true if that is a match.
    private mutating func follow(
        _ state: Int, between previous: Unicode.Scalar?, and next: Unicode.Scalar?
    ) -> Bool {
        pending.append(state)
        while let state = pending.popLast() {
            guard current.insert(state) else { continue }
            switch program[state] {
            case .character: break
            case .assertion(let assertion):
                if assertion.holds(between: previous, and: next) { pending.append(state + 1) }
            case .split(let first, let second): pending += [second, first]
            case .jump(let target): pending.append(target)
            case .match:
                pending.removeAll(keepingCapacity: true)
                return true
            }
        }
        return false
    }
}

/// A set of small numbers that is cleared in constant time (Briggs and Torczon 1993).
private struct RegularStates {
    private(set) var members: [Int] = []
    private var places: [Int]

    init(count: Int) {
        places = Array(repeating: 0, count: count)
        members.reserveCapacity(count)
    }

    /// False if it was there.
    mutating func insert(_ member: Int) -> Bool {
        let place = places[member]
        if place < members.count, members[place] == member { return false }
        places[member] = members.count
        members.append(member)
        return true
    }

    mutating func clear() { members.removeAll(keepingCapacity: true) }
}
