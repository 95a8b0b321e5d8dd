import Testing

@testable import Lesson
@testable import basics

/// The lessons of step 1 as a learner runs them, with a part of the data.
@Suite(.serialized) struct BasicsTests {
    @Test(arguments: ["1.1", "1.2", "1.3"])
    func everyClaimHolds(number: String) throws {
        try LessonRunner().expectEveryClaimHolds(Basics.program, number, checks: 5)
    }

    @Test func everyLessonExplainsItself() { expectExplanations(of: Basics.program) }
}
