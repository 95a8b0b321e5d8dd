import Testing

@testable import Apus

@Suite struct JSONValidatorTests {
    private func isValid(_ text: String) -> Bool {
        var validator = JSONValidator(Array(text.utf8))
        return (try? validator.validate()) != nil
    }

    @Test(arguments: [
        "null", "true", "false", "0", "-0", "10", "-1.5", "1e5", "1E+5", "1.25e-3", "\"\"", "\"text\"", "\"häuser 汉字\"",
        #""\" \\ \/ \b \f \n \r \t \u00e9 \uD83D""#, "[]", "[1]", "[1, 2 ,3]", "[[],[[]]]", "{}", #"{"":0}"#,
        #"{"a":1,"a":2}"#, #" { "a" : [ { } , null ] } "#, "\t\r\n 1", "\"\u{7f}\"", "123456789012345678901234567890",
    ])
    func documents(text: String) {
        #expect(isValid(text))
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "True", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x10", "NaN", "Infinity", "1 2",
        "\"",
        "\"\\\"", #""\x""#, #""\u12g4""#, #""\u00E""#, "\"\n\"", "\"\u{1}\"", "[", "]", "[1", "[1,]", "[,1]", "[1 2]",
        "[1;2]",
        "{", "}", "{a:1}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a" 1}"#, #"{1:2}"#, "'a'", "[1]]", "// 1",
        "\u{feff}1",
        "1\u{0}", "\"\\u\u{ff11}000\"",
    ])
    func otherTexts(text: String) {
        #expect(!isValid(text))
    }

    @Test func nestingIsBounded() {
        func nested(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        #expect(isValid(nested(Limits.jsonDepth)))
        #expect(!isValid(nested(Limits.jsonDepth + 1)))
        #expect(!isValid(nested(60_000)))
        #expect(!isValid(String(repeating: #"{"a":"#, count: Limits.jsonDepth + 1)))
    }

    @Test func theByteAtFaultIsNamed() {
        var validator = JSONValidator(Array(#"{"a": tru}"#.utf8))
        let misfit = #expect(throws: ValueCodec.Misfit.self) { try validator.validate() }
        #expect(misfit?.description.contains("byte 9") == true)
    }
}
