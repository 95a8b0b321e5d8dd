import Testing

@testable import Common

@Suite struct TextGeneratorTests {
    @Test func textsAreRepeatableAndOfTheWantedLength() {
        let generator = TextGenerator(vocabulary: 500, lengths: 3...9, seed: 5)
        let texts = (0..<200).map { generator.words($0) }
        #expect(texts == (0..<200).map { TextGenerator(vocabulary: 500, lengths: 3...9, seed: 5).words($0) })
        #expect(Set(texts.map(\.count)) == Set(3...9))
        #expect(texts != (0..<200).map { TextGenerator(vocabulary: 500, lengths: 3...9, seed: 6).words($0) })
    }

    @Test func everyRankHasAWordOfItsOwn() {
        #expect(Set((0..<50_000).map(TextGenerator.word)).count == 50_000)
    }

    @Test func frequentWordsAreFrequent() {
        let generator = TextGenerator(vocabulary: 1_000, seed: 3)
        let words = (0..<2_000).flatMap { generator.words($0) }
        let first = Double(words.count { $0 == TextGenerator.word(0) })
        let tenth = Double(words.count { $0 == TextGenerator.word(9) })
        #expect(abs(first / tenth - 10) < 2)
    }
}

@Suite struct RankingQualityTests {
    @Test func theGainIsThatOfTheFormula() {
        // Useful rows at places 1 and 3 of 4, gains 1 and 2: (1 / ln 2 + 2 / ln 4) / (2 / ln 2 + 1 / ln 3).
        let gain = RankingQuality.normalizedGain(found: [7, 1, 9, 2], gains: [7: 1, 9: 2], k: 4)!
        let (two, three, four) = (0.6931471805599453, 1.0986122886681098, 1.3862943611198906)
        #expect(abs(gain - (1 / two + 2 / four) / (2 / two + 1 / three)) < 1e-12)
    }

    @Test func theBestAnswerGainsAllAndOthersLess() {
        let gains: [Int32: Double] = [1: 1, 2: 1, 3: 1]
        #expect(RankingQuality.normalizedGain(found: [3, 1, 2, 8], gains: gains, k: 10) == 1)
        #expect(RankingQuality.normalizedGain(found: [3, 3, 3, 3], gains: gains, k: 4)! < 0.5)
        #expect(RankingQuality.normalizedGain(found: [8, 9], gains: gains, k: 10) == 0)
        #expect(RankingQuality.normalizedGain(found: [8, 9], gains: [:], k: 10) == nil)
        #expect(RankingQuality.recall(found: [1, 8, 2], useful: [1, 2, 3, 4], k: 2) == 0.25)
        #expect(RankingQuality.recall(found: [1], useful: [], k: 2) == nil)
    }
}
