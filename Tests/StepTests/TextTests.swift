import Testing

@testable import Lesson

@Test func textIsWrappedAtSpaces() {
    let lines = TextWrap.lines("one two three four five", width: 12, indent: 2, hanging: 2)
    #expect(lines == ["  one two", "    three", "    four", "    five"])
    #expect(TextWrap.lines("", width: 10, indent: 0, hanging: 0) == [""])
    #expect(
        TextWrap.lines("incomprehensible words", width: 5, indent: 0, hanging: 0) == [
            "incomprehensible", "words",
        ])
    #expect(TextWrap.shortened("a long text", to: 8) == "a lon...")
    #expect(TextWrap.shortened("a text", to: 8) == "a text")
}

@Test func tablesAlignTheirColumns() {
    var table = TextTable(.left("name"), .right("count"))
    table.add("a", "1,000")
    table.add("longer", "2")
    #expect(
        table.lines(indent: 1) == [" name    count", " ------  -----", " a       1,000", " longer      2"])
    var bare = TextTable(.left(""), .left(""))
    bare.add("key", "value")
    #expect(bare.lines() == ["key  value"])
}
