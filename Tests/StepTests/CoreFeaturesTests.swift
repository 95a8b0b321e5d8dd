import Testing

@testable import Lesson
@testable import core_features

/// The lessons of step 2 as a learner runs them, with a part of the data.
@Suite(.serialized) struct CoreFeaturesTests {
    @Test(arguments: ["2.1", "2.2", "2.3", "2.4"])
    func everyClaimHolds(number: String) throws {
        try LessonRunner().expectEveryClaimHolds(CoreFeatures.program, number, checks: 20)
    }

    @Test func everyLessonExplainsItself() { expectExplanations(of: CoreFeatures.program) }
}
