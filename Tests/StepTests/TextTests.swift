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

@Test func barsShareOneScale() {
    var bars = TextBars()
    bars.add("a", 10, text: "ten")
    bars.add("long", 5, text: "five")
    bars.add("none", 0, text: "0")
    #expect(bars.lines(indent: 1, width: 4) == [" a     #### ten", " long  ## five", " none  # 0"])
}

@Test func plotsPutPointsWhereTheyBelong() {
    var plot = TextPlot(x: "cost", y: "gain")
    plot.add("first", mark: "f", [(x: 1, y: 0), (x: 10, y: 0.5), (x: 100, y: 1)])
    plot.add("second", mark: "s", [(x: 100, y: 1)])
    #expect(
        plot.lines(width: 11, height: 3) == [
            "gain", "1.000 |          *", "      |     f", "0.000 |f", "      +-----------", "       1 cost  100",
            "      f first, s second",
        ])
}
