import Common
import Testing

@testable import Lesson

@Suite struct LessonProgramTests {
    private let runner = LessonRunner()
    private let good = Lesson.forTest(LessonNumber(9, 1)) {
        $0.check("two and two", expected: 4, measured: 4)
    }
    private let broken = Lesson.forTest(LessonNumber(9, 2)) {
        $0.check("recall", atLeast: 0.95, measured: 0.25)
        $0.check("rows", expected: 10, measured: 10)
    }

    @Test func aClaimThatFailsIsNamedWithItsNumbers() throws {
        #expect(runner.run(Lesson.program(good, broken), []) == .failure)
        #expect(runner.text.contains("recall: expected at least 0.9500, measured 0.2500"))
        #expect(runner.text.contains("1 of 2 checks held"))
        let entries = try runner.progress.read().entries
        #expect(entries[LessonNumber(9, 1)]?.isPassed == true)
        #expect(entries[LessonNumber(9, 2)]?.isPassed == false)
    }

    @Test func theOtherComparisonsJudge() {
        let lesson = Lesson.forTest(LessonNumber(9, 3)) { context in
            context.check("small enough", atMost: 3, measured: 3)
            context.check("large enough", atLeast: 3, measured: 3)
            context.check("too large", atMost: 3, measured: 4)
            context.check("other", expected: "a", measured: "b")
        }
        #expect(runner.run(Lesson.program(lesson), []) == .failure)
        #expect(runner.text.contains("2 of 4 checks held"))
    }

    @Test func aLessonThatIsStoppedFails() throws {
        let stopped = Lesson.forTest(LessonNumber(9, 4)) { context in
            context.check("begun", expected: true, measured: true)
            throw LessonUsageError("the disk went away")
        }
        #expect(runner.run(Lesson.program(stopped), []) == .failure)
        #expect(runner.text.contains("the lesson stopped: the disk went away"))
        #expect(try runner.progress.read().entries[LessonNumber(9, 4)]?.stoppedBy == "the disk went away")
    }

    @Test func aLessonWithoutChecksFails() {
        #expect(runner.run(Lesson.program(Lesson.forTest(LessonNumber(9, 5)) { _ in }), []) == .failure)
    }

    @Test func stepsAndLessonsAreChosenByNumber() throws {
        let other = Lesson.forTest(LessonNumber(10, 1)) { $0.check("run", expected: 1, measured: 1) }
        let program = Lesson.program(good, broken, other)
        #expect(runner.run(program, ["10"]) == .success)
        #expect(try runner.progress.read().entries.keys.sorted() == [LessonNumber(10, 1)])
        #expect(runner.run(program, ["9.1", "10.1"]) == .success)
        #expect(runner.run(program, ["9"]) == .failure)
        #expect(try runner.progress.read().entries.count == 3)
    }

    @Test(arguments: [
        ["9.7"], ["8"], ["basics"], ["--uri", "https://localhost:19530", "9.1"], ["--fast"], ["--uri"],
        ["--child", "nothing"],
    ])
    func wrongCommandLinesAreRefused(arguments: [String]) throws {
        #expect(runner.run(Lesson.program(good), arguments) == .usage)
        #expect(try runner.progress.read().entries.isEmpty)
        #expect(!runner.lines.isEmpty)
    }

    @Test func serversAreRefusedWithTheReason() {
        _ = runner.run(Lesson.program(good), ["--uri", "http://localhost:19530"])
        #expect(runner.text.contains("Remote connections need the"))
    }

    @Test func helpNamesTheFlags() {
        #expect(runner.run(Lesson.program(good), ["--help"]) == .success)
        for flag in ["--list", "--quick", "--uri", "--reset"] { #expect(runner.text.contains(flag)) }
    }

    @Test func childCommandsRun() {
        let printed = Lines()
        let program = LessonProgram(
            name: "tested", title: "Step 9: Tests", lessons: [good],
            childCommands: ["echo": { arguments in arguments.forEach(printed.append) }])
        #expect(runner.run(program, LessonProgram.childArguments("echo", ["a", "b"])) == .success)
        #expect(printed.all == ["a", "b"])
    }
}

/// The folder that a learner names by `--uri`.
@Suite struct LessonFolderTests {
    private let runner = LessonRunner()
    private let writing = Lesson.forTest(LessonNumber(9, 1)) { context in
        context.check(
            "the folder is empty", expected: false, measured: FolderTree.exists(context.folder + "/file"))
        try TextOutput.write("text", to: context.folder + "/file")
    }

    @Test func whatALessonLeftIsReplacedByItsNextRun() {
        let program = Lesson.program(writing)
        for _ in 0..<2 { #expect(runner.run(program, ["--uri", runner.collections]) == .success) }
        #expect(FolderTree.exists(runner.collections + "/lesson-9.1/file"))
        #expect(runner.text.contains(runner.collections))
    }

    @Test func whatSomebodyElseMadeIsNotTouched() throws {
        try FolderTree.make(runner.collections + "/lesson-9.1")
        try TextOutput.write("precious", to: runner.collections + "/lesson-9.1/file")
        #expect(runner.run(Lesson.program(writing), ["--uri", runner.collections]) == .usage)
        #expect(FolderTree.exists(runner.collections + "/lesson-9.1/file"))
    }

    @Test func aTemporaryFolderGoesAfterTheRun() {
        let seen = Lines()
        let lesson = Lesson.forTest(LessonNumber(9, 1)) { context in
            seen.append(context.folder)
            context.check("there", expected: true, measured: FolderTree.isFolder(context.folder))
        }
        #expect(runner.run(Lesson.program(lesson), []) == .success)
        #expect(seen.all.count == 1 && !FolderTree.exists(seen.all[0]))
    }
}
