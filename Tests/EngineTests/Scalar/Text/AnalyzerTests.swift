import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct AnalyzerTests {
    private static func terms(_ parameters: String, _ text: String) throws -> [String] {
        try Analyzer(parameters).terms(of: text).map(\.text)
    }

    @Test(arguments: [
        ("The Quick, brown-fox!", ["the", "quick", "brown", "fox"]),
        ("x86_64 and 3.14", ["x86", "64", "and", "3", "14"]),
        ("", []), (" \t\n.,;", []), ("a", ["a"]),
        ("Élan ÜBER Straße", ["élan", "über", "straße"]),
        ("ΑΘΗΝΑ Москва İstanbul", ["αθηνα", "москва", "i\u{307}stanbul"]),
        ("e\u{301}tude", ["e\u{301}tude"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("I \u{2764}\u{FE0F} Rust \u{1F980}\u{1F469}\u{200D}\u{1F680}!", ["i", "rust"]),
        // Korean, Chinese and Japanese: bigrams within a run, a character alone where no other touches it.
        ("한국어 검색", ["한국", "국어", "검색"]),
        ("벡터를 찾다", ["벡터", "터를", "찾다"]),
        ("中文全文检索", ["中文", "文全", "全文", "文检", "检索"]),
        ("我 的", ["我", "的"]),
        ("東京タワーへ行く", ["東京", "京タ", "タワ", "ワー", "ーへ", "へ行", "行く"]),
        ("か\u{3099}き\u{3099}", ["か\u{3099}き\u{3099}"]),
        ("GPU는 빠르다", ["gpu", "는", "빠르", "르다"]),
        ("第3章", ["第", "3", "章"]),
        ("𠀀𠀁x", ["𠀀𠀁", "x"]),
    ])
    func standard(_ text: String, _ expected: [String]) throws {
        #expect(try Self.terms("", text) == expected)
        #expect(try Self.terms(#"{"type": "standard"}"#, text) == expected)
    }

    @Test(arguments: [
        (#"{"type": "english"}"#, "The foxes were running over lazy dogs", ["fox", "run", "lazi", "dog"]),
        (#"{"type": "english", "stop_words": ["Dogs"]}"#, "The foxes and dogs", ["fox"]),
        (#"{"type": "standard", "stop_words": ["_english_", "fox"]}"#, "The Fox barks", ["barks"]),
        (#"{"type": "chinese"}"#, "向量 database é检索", ["向量", "database", "检索"]),
        (#"{"tokenizer": "whitespace"}"#, "A  b,c\u{3000}D\n", ["A", "b,c", "D"]),
        (#"{"tokenizer": "standard"}"#, "A b", ["A", "b"]),
        (#"{"tokenizer": "jieba", "filter": ["cnalphanumonly"]}"#, "中文! été", ["中文"]),
        (#"{"tokenizer": {"type": "lindera", "dict_kind": "ko-dic"}}"#, "한국어", ["한국", "국어"]),
        (#"{"tokenizer": "icu"}"#, "one two", ["one", "two"]),
        (#"{"tokenizer": "whitespace", "filter": ["removepunct"]}"#, "so - what ?!", ["so", "what"]),
        (#"{"tokenizer": "whitespace", "filter": ["alphanumonly"]}"#, "so w-hat né 7up", ["so", "7up"]),
        (#"{"tokenizer": "whitespace", "filter": ["cncharonly"]}"#, "中 a 文b", ["中"]),
        (#"{"tokenizer": "standard", "filter": [{"type": "length", "max": 3}]}"#, "one three été", ["one", "été"]),
        (
            #"{"tokenizer": "standard", "filter": ["asciifolding", "lowercase"]}"#,
            "Crème BRÛLÉE Łódź ﬁn Ｆｕｌｌ e\u{301} Ærø ß 한",
            ["creme", "brulee", "lodz", "fin", "full", "e", "aero", "ss", "한"]
        ),
        (
            #"{"tokenizer": "standard", "filter": ["lowercase", {"type": "stop", "stop_words": "_english_"}]}"#,
            "The end of it", ["end"]
        ),
        (
            #"{"tokenizer": "whitespace", "filter": [{"type": "stemmer", "language": "english"}]}"#,
            "dog's 'quoted' horses'", ["dog", "quot", "hors"]
        ),
        ("{}", "A b", ["a", "b"]),
    ])
    func chains(_ parameters: String, _ text: String, _ expected: [String]) throws {
        #expect(try Self.terms(parameters, text) == expected)
    }

    @Test func positionsCountDroppedWordsAndRangesAreThoseOfTheText() throws {
        let text = "The Foxes of Zürich, 서울시"
        let terms = try Analyzer(#"{"type": "english"}"#).terms(of: text)
        #expect(terms.map(\.text) == ["fox", "zürich", "서울", "울시"])
        #expect(terms.map(\.position) == [1, 3, 4, 5])
        let words = terms.map { String(decoding: Array(text.utf8)[$0.byteRange], as: UTF8.self) }
        #expect(words == ["Foxes", "Zürich", "서울", "울시"])
    }

    @Test(arguments: [
        ("nonsense", ["valid", "byte 1"]), ("[]", ["JSON object"]),
        (#"{"type": "klingon"}"#, ["klingon", "standard, english, chinese"]),
        (#"{"type": "english", "filter": []}"#, ["'filter'", "type, stop_words"]),
        (#"{"filter": []}"#, ["tokenizer", "whitespace"]),
        (#"{"tokenizer": "thai"}"#, ["thai", "standard, whitespace, jieba, lindera, icu"]),
        (#"{"tokenizer": {"type": "jieba", "dict": ["a"]}}"#, ["'dict'"]),
        (#"{"tokenizer": 3}"#, ["name"]),
        (
            #"{"tokenizer": "standard", "filter": ["lowercase", {"type": "decompounder", "word_list": []}]}"#,
            ["filter 1", "decompounder", "asciifolding"]
        ),
        (#"{"tokenizer": "standard", "filter": [{"type": "stemmer", "language": "german"}]}"#, ["german", "english"]),
        (#"{"tokenizer": "standard", "filter": [{"type": "stemmer"}]}"#, ["'language'"]),
        (#"{"tokenizer": "standard", "filter": [{"type": "length", "max": 0}]}"#, ["'max'", "1 to"]),
        (#"{"tokenizer": "standard", "filter": [{"type": "stop", "stop_words": ["_french_"]}]}"#, ["_french_"]),
        (#"{"tokenizer": "standard", "filter": [{"type": "stop", "stop_words": [1]}]}"#, ["stop word"]),
        (#"{"tokenizer": "standard", "filter": "lowercase"}"#, ["list", "'filter'"]),
        (#"{"type": 7}"#, ["'type'"]),
    ])
    func mistakesAreNamed(_ parameters: String, _ parts: [String]) {
        let error = #expect(throws: ApusError.self) { try Analyzer(parameters) }
        #expect(error?.code == .invalidArgument)
        for part in parts { #expect(error?.message.contains(part) == true, "'\(part)' in: \(error?.message ?? "")") }
    }

    /// Whatever the bytes are, words lie in the text, begin one behind the other and do not end within a scalar.
    @Test func anyBytesAreDivided() throws {
        let seed = testSeed(71)
        var random = RandomSource(seed: seed)
        let analyzers = try [
            "", #"{"type": "english"}"#, #"{"type": "chinese"}"#,
            #"{"tokenizer": "whitespace", "filter": ["lowercase", "asciifolding", "removepunct"]}"#,
        ].map(Analyzer.init)
        let pieces: [[UInt8]] = [
            [0xFF], [0xC0, 0x80], [0xE4, 0xB8], [0xF0, 0x9F], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            Array("a".utf8), Array(" ".utf8), Array("é".utf8), Array("中".utf8), Array("ing".utf8), Array("한".utf8),
            Array("\u{1F600}".utf8), Array("'".utf8), Array("\u{301}".utf8), [0],
        ]
        for round in 0..<300 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<24, using: &random) { bytes += pieces.randomElement(using: &random)! }
            for (number, analyzer) in analyzers.enumerated() {
                bytes.withUnsafeBytes { text in
                    var stream = TermStream(analyzer)
                    stream.start(text)
                    var last = (start: -1, position: -1)
                    while stream.next() {
                        let range = stream.byteRange
                        #expect(
                            range.lowerBound > last.start && stream.position > last.position
                                && range.upperBound <= bytes.count && !range.isEmpty && stream.bytes.count > 0,
                            "seed \(seed), round \(round), analyzer \(number)")
                        last = (range.lowerBound, stream.position)
                    }
                }
            }
        }
    }

    @Test func scalarsAreThoseOfTheStandardLibrary() {
        let seed = testSeed(72)
        var random = RandomSource(seed: seed)
        for _ in 0..<500 {
            let scalars = (0..<8).map { _ in Unicode.Scalar(UInt32.random(in: 0..<0x110000, using: &random)) ?? "x" }
            var text = String(String.UnicodeScalarView(scalars))
            text.withUTF8 { bytes in
                var reader = UTF8Scalars(UnsafeRawBufferPointer(bytes))
                for scalar in scalars { #expect(reader.next() == scalar, "seed \(seed)") }
                #expect(reader.next() == nil)
            }
        }
    }

    @Test func termsAreNumberedAndFoundAgain() {
        var table = TermTable()
        for number in 0..<2_000 { #expect(table.add("term \(number % 1_000)") == number % 1_000) }
        #expect(table.count == 1_000)
        for number in 0..<1_000 {
            let found = table.withBytes(of: number) { String(decoding: $0, as: UTF8.self) }
            #expect(found == "term \(number)")
        }
        var other = "term 1000"
        let missing = other.withUTF8 { table.number(of: UnsafeRawBufferPointer($0)) }
        #expect(missing == nil)
    }

    @Test(arguments: [
        (#" [1, -2.5e1, true, null] "#, JSONTree.list([.number(1), .number(-25), .boolean(true), .null])),
        (#"{"a": {"b": []}, "c": ""}"#, .object(["a": .object(["b": .list([])]), "c": .text("")])),
        (#""\u00e9\ud83d\ude00\n\"\\ \ud800x""#, .text("é\u{1F600}\n\"\\ \u{FFFD}x")),
        ("false", .boolean(false)),
    ])
    func documentsBecomeTrees(_ text: String, _ expected: JSONTree) throws {
        #expect(try JSONTree(text) == expected)
    }
}
