/// Short texts whose words follow a Zipf law, as those of people do: a few words are in many texts, most in few.
///
/// The words are made of syllables and mean nothing. Each text has its own stream of random numbers, so any part of
/// them can be made alone.
public struct TextGenerator: Sendable {
    /// Words of a text, all equally frequent.
    public let lengths: ClosedRange<Int>
    private let words: ZipfDistribution
    private let seed: UInt64

    /// - Parameters:
    ///   - vocabulary: how many different words there are.
    ///   - exponent: of the Zipf law; about 1 in real texts.
    public init(vocabulary: Int = 50_000, exponent: Double = 1, lengths: ClosedRange<Int> = 6...18, seed: UInt64) {
        precondition(lengths.lowerBound > 0, "a text needs a word at least")
        self.lengths = lengths
        self.seed = seed
        words = ZipfDistribution(count: vocabulary, exponent: exponent)
    }

    public func text(_ number: Int) -> String { words(number).joined(separator: " ") }

    /// The words of a text.
    public func words(_ number: Int) -> [String] {
        var random = RandomSource(seed: seed, stream: number)
        let length = lengths.lowerBound + random.integer(below: lengths.count)
        return (0..<length).map { _ in Self.word(words.draw(&random)) }
    }

    /// The word of a rank: frequent words are short.
    static func word(_ rank: Int) -> String {
        var rest = rank
        var word = ""
        repeat {
            let syllable = rest % (consonants.count * vowels.count)
            word += consonants[syllable % consonants.count] + vowels[syllable / consonants.count]
            rest /= consonants.count * vowels.count
        } while rest > 0
        return word
    }

    private static let consonants = ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z"]
    private static let vowels = ["a", "e", "i", "o", "u"]
}
