/// The number of a lesson: its step and its place in the step, written "1.3".
public struct LessonNumber: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let step: Int
    public let lesson: Int

    public init(_ step: Int, _ lesson: Int) {
        self.step = step
        self.lesson = lesson
    }

    /// Reads "1.3"; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let step = parts[0], let lesson = parts[1], step > 0, lesson > 0 else {
            return nil
        }
        self.init(step, lesson)
    }

    public var description: String { "\(step).\(lesson)" }

    public static func < (left: LessonNumber, right: LessonNumber) -> Bool {
        (left.step, left.lesson) < (right.step, right.lesson)
    }
}

extension [Lesson] {
    /// The lessons that the arguments name, in their own order: "1" a whole step, "1.3" one lesson, nothing for all.
    ///
    /// - Throws: `LessonUsageError` that lists the lessons there are.
    func chosen(by arguments: [String]) throws(LessonUsageError) -> [Lesson] {
        guard !arguments.isEmpty else { return self }
        var numbers: Set<LessonNumber> = []
        for argument in arguments {
            let matching = map(\.number).filter { "\($0)" == argument || "\($0.step)" == argument }
            guard !matching.isEmpty else {
                let known = map { "\($0.number)" }.joined(separator: ", ")
                throw LessonUsageError(
                    "there is no lesson '\(argument)'; there are \(known), and --list shows them")
            }
            numbers.formUnion(matching)
        }
        return filter { numbers.contains($0.number) }
    }
}

/// A command line that cannot be followed: what is wrong and what to write instead.
struct LessonUsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
