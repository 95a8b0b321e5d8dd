/// Cuts English words down to stems, so that "consisting" finds "consisted" (Porter 1980, in the revision that Porter
/// published in 2001 as the English stemmer of Snowball).
///
/// Takes words in lower case; bytes other than a to z count as consonants. O(length).
enum EnglishStemmer {
    static func apply(to word: inout TermBuffer) {
        guard word.count > 2, isLetter(word[word.count - 1]) || word[word.count - 1] == apostrophe else { return }
        if let stem = StemExceptions.stem(of: word.bytes) { return word.replaceLast(word.count, by: stem) }
        if word[0] == apostrophe { word.removeFirst() }
        markConsonantY(&word)
        let regions = StemRegions(word.bytes)
        removePossessive(&word)
        removePlural(&word)
        if !StemExceptions.isFinal(word.bytes) {
            removeParticiple(&word, regions)
            replaceFinalY(&word)
            replaceDouble(&word, regions)
            replaceSingle(&word, regions)
            removeEnding(&word, regions)
            removeFinalLetter(&word, regions)
        }
        for index in 0..<word.count where word[index] == consonantY { word[index] = UInt8(ascii: "y") }
    }

    /// A y at the beginning or behind a vowel is a consonant, written Y meanwhile.
    private static func markConsonantY(_ word: inout TermBuffer) {
        for index in 0..<word.count where word[index] == UInt8(ascii: "y") {
            if index == 0 || StemRegions.isVowel(word[index - 1]) { word[index] = consonantY }
        }
    }

    /// Step 0.
    private static func removePossessive(_ word: inout TermBuffer) {
        let tail = WordTail(word)
        if let suffix = possessives.first(where: tail.ends) { word.truncate(to: word.count - suffix.count) }
    }

    /// Step 1a.
    private static func removePlural(_ word: inout TermBuffer) {
        let tail = WordTail(word)
        if tail.ends("sses") {
            word.truncate(to: word.count - 2)
        } else if tail.ends("ied") || tail.ends("ies") {
            word.truncate(to: word.count - (word.count > 4 ? 2 : 1))
        } else if tail.ends("s"), !tail.ends("us"), !tail.ends("ss"),
            StemRegions.hasVowel(word.bytes, before: word.count - 2)
        {
            word.truncate(to: word.count - 1)
        }
    }

    /// Step 1b.
    private static func removeParticiple(_ word: inout TermBuffer, _ regions: StemRegions) {
        let tail = WordTail(word)
        if let suffix = agreedEndings.first(where: tail.ends) {
            if regions.first <= word.count - suffix.count { word.replaceLast(suffix.count, by: "ee") }
            return
        }
        guard let suffix = participles.first(where: tail.ends),
            StemRegions.hasVowel(word.bytes, before: word.count - suffix.count)
        else { return }
        word.truncate(to: word.count - suffix.count)
        let rest = WordTail(word)
        if rest.ends("at") || rest.ends("bl") || rest.ends("iz") || !endsInDouble(word) && regions.isShort(word.bytes) {
            word.append(UInt8(ascii: "e"))
        } else if endsInDouble(word) {
            word.truncate(to: word.count - 1)
        }
    }

    /// Step 1c.
    private static func replaceFinalY(_ word: inout TermBuffer) {
        let last = word.count - 1
        guard last > 1, word[last] | 0x20 == UInt8(ascii: "y"), !StemRegions.isVowel(word[last - 1]) else { return }
        word[last] = UInt8(ascii: "i")
    }

    /// Step 2: two endings become one.
    private static func replaceDouble(_ word: inout TermBuffer, _ regions: StemRegions) {
        guard let rule = longest(doubles, WordTail(word)), regions.first <= word.count - rule.suffix.count else {
            return
        }
        let before = word.count > rule.suffix.count ? word[word.count - rule.suffix.count - 1] : 0
        switch rule.suffix {
        case "ogi" where before != UInt8(ascii: "l"): return
        case "li" where !isBeforeLi(before): return
        default: word.replaceLast(rule.suffix.count, by: rule.replacement)
        }
    }

    /// Step 3.
    private static func replaceSingle(_ word: inout TermBuffer, _ regions: StemRegions) {
        guard let rule = longest(singles, WordTail(word)) else { return }
        let region = rule.suffix == "ative" ? regions.second : regions.first
        if region <= word.count - rule.suffix.count { word.replaceLast(rule.suffix.count, by: rule.replacement) }
    }

    /// Step 4.
    private static func removeEnding(_ word: inout TermBuffer, _ regions: StemRegions) {
        let tail = WordTail(word)
        guard let suffix = endings.first(where: tail.ends), regions.second <= word.count - suffix.count else { return }
        if suffix == "ion" {
            let before = word.count > 3 ? word[word.count - 4] : 0
            guard before == UInt8(ascii: "s") || before == UInt8(ascii: "t") else { return }
        }
        word.truncate(to: word.count - suffix.count)
    }

    /// Step 5.
    private static func removeFinalLetter(_ word: inout TermBuffer, _ regions: StemRegions) {
        let last = word.count - 1
        if word[last] == UInt8(ascii: "e") {
            let isRemoved =
                regions.second <= last
                || regions.first <= last && !StemRegions.endsInShortSyllable(word.bytes, count: last)
            if isRemoved { word.truncate(to: last) }
        } else if WordTail(word).ends("ll"), regions.second <= last {
            word.truncate(to: last)
        }
    }

    private static func longest(_ rules: [SuffixRule], _ tail: WordTail) -> SuffixRule? {
        rules.first { tail.ends($0.suffix) }
    }

    private static func endsInDouble(_ word: borrowing TermBuffer) -> Bool {
        let count = word.count
        guard count > 1, word[count - 1] == word[count - 2] else { return false }
        return "bdfgmnprt".utf8.contains(word[count - 1])
    }

    private static func isBeforeLi(_ byte: UInt8) -> Bool { "cdeghkmnrt".utf8.contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "a") < 26 }

    private static let apostrophe = UInt8(ascii: "'")
    private static let consonantY = UInt8(ascii: "Y")

    // Longer suffixes stand before those that they end in.
    private static let possessives: [Suffix] = ["'s'", "'s", "'"]
    private static let agreedEndings: [Suffix] = ["eedly", "eed"]
    private static let participles: [Suffix] = ["ingly", "edly", "ing", "ed"]
    private static let doubles: [SuffixRule] = [
        .init("ization", "ize"), .init("ational", "ate"), .init("fulness", "ful"), .init("ousness", "ous"),
        .init("iveness", "ive"), .init("tional", "tion"), .init("biliti", "ble"), .init("lessli", "less"),
        .init("entli", "ent"), .init("ation", "ate"), .init("alism", "al"), .init("aliti", "al"),
        .init("ousli", "ous"), .init("iviti", "ive"), .init("fulli", "ful"), .init("enci", "ence"),
        .init("anci", "ance"), .init("abli", "able"), .init("izer", "ize"), .init("ator", "ate"), .init("alli", "al"),
        .init("bli", "ble"), .init("ogi", "og"), .init("li", ""),
    ]
    private static let singles: [SuffixRule] = [
        .init("ational", "ate"), .init("tional", "tion"), .init("alize", "al"), .init("icate", "ic"),
        .init("iciti", "ic"), .init("ative", ""), .init("ical", "ic"), .init("ness", ""), .init("ful", ""),
    ]
    private static let endings: [Suffix] = [
        "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "ion",
        "al", "er", "ic",
    ]
}

/// A suffix of at most eight letters, packed so that a word is compared with it at once.
struct Suffix: ExpressibleByStringLiteral, Equatable {
    let count: Int
    /// The last letter in the lowest byte.
    let letters: UInt64
    let mask: UInt64

    init(stringLiteral text: StaticString) {
        count = text.utf8CodeUnitCount
        precondition((1...8).contains(count))
        letters = UnsafeBufferPointer(start: text.utf8Start, count: count).reduce(0) { $0 << 8 | UInt64($1) }
        mask = .max >> UInt64(64 - 8 * count)
    }
}

struct SuffixRule {
    let suffix: Suffix
    let replacement: StaticString

    init(_ suffix: Suffix, _ replacement: StaticString) {
        self.suffix = suffix
        self.replacement = replacement
    }
}

/// The last eight letters of a word.
struct WordTail {
    private var letters: UInt64 = 0

    init(_ word: borrowing TermBuffer) {
        for index in max(0, word.count - 8)..<word.count { letters = letters << 8 | UInt64(word[index]) }
    }

    func ends(_ suffix: Suffix) -> Bool { letters & suffix.mask == suffix.letters }
}

/// The parts of a word that suffixes have to lie in to be cut off, and the vowels that decide it.
struct StemRegions {
    /// Where the part behind the first consonant after a vowel begins.
    let first: Int
    /// The same within that part.
    let second: Int

    init(_ word: UnsafeRawBufferPointer) {
        first = StemExceptions.prefixCount(of: word) ?? Self.behindVowelAndConsonant(word, from: 0)
        second = Self.behindVowelAndConsonant(word, from: first)
    }

    private static func behindVowelAndConsonant(_ word: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index < word.count, !isVowel(word[index]) { index += 1 }
        while index < word.count, isVowel(word[index]) { index += 1 }
        return min(index + 1, word.count)
    }

    @inline(__always)
    static func isVowel(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"),
            UInt8(ascii: "y"):
            true
        default: false
        }
    }

    static func hasVowel(_ word: UnsafeRawBufferPointer, before end: Int) -> Bool {
        word.prefix(max(end, 0)).contains(where: isVowel)
    }

    /// Whether a word is one short syllable, perhaps behind consonants: it then gets an e back.
    func isShort(_ word: UnsafeRawBufferPointer) -> Bool {
        first >= word.count && Self.endsInShortSyllable(word, count: word.count)
    }

    /// Whether the first `count` letters end in consonant, vowel and a consonant other than w, x and Y, or are a vowel
    /// and a consonant.
    static func endsInShortSyllable(_ word: UnsafeRawBufferPointer, count: Int) -> Bool {
        guard count > 1, isVowel(word[count - 2]), !isVowel(word[count - 1]) else { return false }
        return count == 2 || !isVowel(word[count - 3]) && !"wxY".utf8.contains(word[count - 1])
    }
}

/// Words that the rules would treat wrongly.
enum StemExceptions {
    private static let stems: [(StaticString, StaticString)] = [
        ("skis", "ski"), ("skies", "sky"), ("dying", "die"), ("lying", "lie"), ("tying", "tie"), ("idly", "idl"),
        ("gently", "gentl"), ("ugly", "ugli"), ("early", "earli"), ("only", "onli"), ("singly", "singl"),
        ("sky", "sky"), ("news", "news"), ("howe", "howe"), ("atlas", "atlas"), ("cosmos", "cosmos"),
        ("bias", "bias"), ("andes", "andes"),
    ]
    private static let words = TermTable(stems.map { "\($0.0)" })
    /// Words that stay once their plural is cut off.
    private static let finals = TermTable([
        "inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed",
    ])
    private static let prefixes: [StaticString] = ["gener", "commun", "arsen"]

    static func stem(of word: UnsafeRawBufferPointer) -> StaticString? {
        guard word.count <= 6 else { return nil }
        return words.number(of: word).map { stems[$0].1 }
    }

    static func isFinal(_ word: UnsafeRawBufferPointer) -> Bool {
        (6...7).contains(word.count) && finals.number(of: word) != nil
    }

    static func prefixCount(of word: UnsafeRawBufferPointer) -> Int? {
        prefixes.first { prefix in
            let count = prefix.utf8CodeUnitCount
            return word.starts(with: UnsafeBufferPointer(start: prefix.utf8Start, count: count))
        }?.utf8CodeUnitCount
    }
}
