/// One lesson of the course: a claim, what to predict, and a run that measures the claim.
///
/// The run prints what it measures and records checks; a check that fails makes the program exit with 1. A lesson
/// uses the public API of the engine only.
public struct Lesson: Sendable {
    public let number: LessonNumber
    public let title: String
    /// What is shown to be true, in one sentence.
    public let claim: String
    /// The question to answer before looking at the numbers.
    public let prediction: String
    /// What was done.
    public let what: String
    /// Why it is so.
    public let why: String
    /// What to read next.
    public let reading: [String]
    /// What to try next: commands and changes.
    public let nextTries: [String]
    public let run: @Sendable (LessonContext) throws -> Void

    public init(
        number: LessonNumber, title: String, claim: String, prediction: String, what: String, why: String,
        reading: [String], nextTries: [String], run: @escaping @Sendable (LessonContext) throws -> Void
    ) {
        self.number = number
        self.title = title
        self.claim = claim
        self.prediction = prediction
        self.what = what
        self.why = why
        self.reading = reading
        self.nextTries = nextTries
        self.run = run
    }
}

/// How much data a lesson takes.
public enum LessonScale: String, Sendable {
    /// All rows and queries.
    case full
    /// A part of them, for checks that run often.
    case quick
}
