import Common
import Testing

@testable import Lesson
@testable import basics

/// The lessons of step 1 as a learner runs them, with a part of the data.
@Suite(.serialized) struct BasicsTests {
    @Test(arguments: ["1.1", "1.2", "1.3"])
    func everyClaimHolds(number: String) throws {
        let runner = LessonRunner()
        let code = runner.run(Basics.program, ["--quick", "--uri", runner.collections, number])
        #expect(code == .success, "\(runner.text)")
        let lesson = try #require(LessonNumber(number))
        let entry = try #require(runner.progress.read().entries[lesson])
        #expect(entry.isPassed && entry.scale == .quick)
        #expect(entry.checks >= 5)
        #expect(runner.lines.allSatisfy { $0.count <= 100 }, "a line is wider than a terminal")
    }

    @Test func everyLessonExplainsItself() {
        for lesson in Basics.program.lessons {
            let texts = [lesson.title, lesson.claim, lesson.prediction, lesson.what, lesson.why]
            #expect((texts + lesson.reading + lesson.nextTries).allSatisfy { !$0.isEmpty })
            #expect(!lesson.reading.isEmpty && !lesson.nextTries.isEmpty)
        }
    }
}
