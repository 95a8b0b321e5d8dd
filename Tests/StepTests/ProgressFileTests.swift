import Common
import Testing

@testable import Lesson

@Suite struct ProgressFileTests {
    private let runner = LessonRunner()
    private let good = Lesson.forTest(LessonNumber(9, 1)) {
        $0.check("two and two", expected: 4, measured: 4)
    }
    private let other = Lesson.forTest(LessonNumber(9, 2)) { $0.check("three", expected: 3, measured: 3) }

    @Test func aRecordIsReadAsItWasWritten() throws {
        var record = ProgressRecord()
        record.entries[LessonNumber(1, 2)] = ProgressRecord.Entry(
            finished: "2026-01-02T03:04:05Z", checksHeld: 3, checks: 4, seconds: 1.25, scale: .quick,
            stoppedBy: nil)
        record.entries[LessonNumber(10, 1)] = ProgressRecord.Entry(
            finished: "2026-01-03T00:00:00Z", checksHeld: 0, checks: 0, seconds: 0, scale: .full,
            stoppedBy: "a \"quoted\" error")
        #expect(try runner.progress.read() == ProgressRecord())
        try runner.progress.write(record)
        #expect(try runner.progress.read() == record)
        record.entries[LessonNumber(1, 2)] = nil
        try runner.progress.write(record)
        #expect(try runner.progress.read() == record)
        runner.progress.remove()
        #expect(try runner.progress.read() == ProgressRecord())
    }

    @Test(arguments: [
        "", "not JSON", "{}", "{\"format\":2,\"lessons\":{}}", "{\"format\":1,\"lessons\":{\"x\":{}}}",
        "{\"format\":1,\"lessons\":{\"1.1\":{\"finished\":\"2026\"}}}",
    ])
    func aDamagedFileIsNamedAndKept(content: String) throws {
        try FolderTree.make(runner.progressFolder + "/.apus")
        try TextOutput.write(content, to: runner.progress.path)
        #expect(runner.run(Lesson.program(good), []) == .infrastructure)
        let said = runner.lines.joined(separator: " ")
        #expect(said.contains("--reset") && runner.text.contains("progress.json"))
        #expect(FolderTree.exists(runner.progress.path))
        #expect(runner.run(Lesson.program(good), ["--reset"]) == .success)
        #expect(runner.run(Lesson.program(good), []) == .success)
    }

    @Test func theListTellsWhatIsDone() throws {
        let program = Lesson.program(good, other)
        #expect(runner.run(program, ["--list"]) == .success)
        #expect(runner.lines.count == 3)
        #expect(runner.lines.filter { $0.contains("not done yet") }.count == 2)
        #expect(runner.run(program, ["9.1"]) == .success)
        #expect(runner.text.contains("Next: ./learn 9.2"))
        let day = try #require(runner.progress.read().entries[LessonNumber(9, 1)]).finished.prefix(10)
        #expect(runner.run(program, ["--list"]) == .success)
        #expect(runner.lines[1].contains("done \(day), 1 of 1 checks held"))
        #expect(runner.lines[2].contains("not done yet"))
        #expect(runner.run(program, ["--reset", "--list"]) == .success)
        #expect(runner.lines.filter { $0.contains("not done yet") }.count == 2)
    }

    @Test(arguments: ["1", "1.", ".1", "1.2.3", "a.b", "0.1", "1.0", "-1.1", ""])
    func lessonNumbersAreStrict(text: String) {
        #expect(LessonNumber(text) == nil)
        #expect(LessonNumber("12.3") == LessonNumber(12, 3))
    }
}
