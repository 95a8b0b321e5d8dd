import Testing

@testable import Apus

@Suite struct EnglishStemmerTests {
    private static func stem(_ word: String) -> String {
        var word = word
        var buffer = TermBuffer()
        word.withUTF8 { buffer.set(UnsafeRawBufferPointer($0)) }
        EnglishStemmer.apply(to: &buffer)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    /// Examples of the rules and of the sample vocabulary that Porter published with the algorithm.
    @Test(arguments: [
        "caresses caress", "ties tie", "cries cri", "gas gas", "this this", "gaps gap", "kiwis kiwi",
        "agreed agre", "feed feed", "plastered plaster", "bled bled", "motoring motor", "sing sing",
        "conflated conflat", "troubled troubl", "sized size", "hopping hop", "tanned tan", "falling fall",
        "hissing hiss", "fizzed fizz", "failing fail", "filing file", "hoping hope",
        "happy happi", "sky sky", "cry cri", "by by", "say say",
        "relational relat", "conditional condit", "rational ration", "valenci valenc", "digitizer digit",
        "conformabli conform", "radicalli radic", "differentli differ", "vileli vile", "analogousli analog",
        "vietnamization vietnam", "predication predic", "operator oper", "feudalism feudal",
        "decisiveness decis", "hopefulness hope", "callousness callous", "formaliti formal",
        "sensitiviti sensit", "sensibiliti sensibl", "triplicate triplic", "formative format", "formalize formal",
        "electriciti electr", "electrical electr", "hopeful hope", "goodness good",
        "revival reviv", "allowance allow", "inference infer", "airliner airlin", "adjustable adjust",
        "defensible defens", "irritant irrit", "replacement replac", "adjustment adjust", "dependent depend",
        "adoption adopt", "communism communism", "activate activ", "effective effect", "probate probat", "rate rate",
        "cease ceas", "controll control", "roll roll",
        "consign consign", "consistency consist", "consistently consist", "consolation consol",
        "consolatory consolatori", "consolingly consol", "conspicuous conspicu", "conspiracy conspiraci",
        "constables constabl", "knackeries knackeri", "knavish knavish", "kneeling kneel", "knightly knight",
        "knitted knit", "knives knive", "knockers knocker",
        "generate generat", "generically generic", "communities communiti", "arsenal arsenal",
        "skis ski", "skies sky", "dying die", "news news", "early earli", "innings inning", "proceeded proceed",
        "exceeds exceed", "youth youth", "boyish boyish", "is is", "42nd 42nd", "ünderstandings ünderstand",
    ])
    func examples(_ pair: String) {
        let parts = pair.split(separator: " ").map(String.init)
        #expect(Self.stem(parts[0]) == parts[1])
    }

    @Test(arguments: ["", "a", "'", "''", "'s", "y", "yy", "eed", "ing", "s", "ies", "ed", "한국어", "ss", "aaa"])
    func shortAndForeignWordsDoNotTrap(_ word: String) {
        #expect(Self.stem(word).utf8.count <= word.utf8.count + 1)
    }
}
