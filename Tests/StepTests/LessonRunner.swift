import Common
import Synchronization
import TestSupport
import Testing

@testable import Lesson

/// Runs lesson programs in this process, in a folder of their own, and keeps what they print.
final class LessonRunner {
    let folder = TemporaryFolder()
    private let printed = Lines()

    var progressFolder: String { folder.path + "/project" }
    var collections: String { folder.path + "/collections" }
    var progress: ProgressFile { ProgressFile(in: progressFolder) }

    /// What the last run printed.
    var lines: [String] { printed.all }
    var text: String { lines.joined(separator: "\n") }

    func run(_ program: LessonProgram, _ arguments: [String]) -> ExitCode {
        printed.clear()
        let printed = printed
        return program.run(
            arguments, program: Self.programFolder + "/" + program.name, progressFolder: progressFolder,
            output: LessonOutput { printed.append($0) })
    }

    /// Runs a lesson with a part of the data: each of at least `checks` claims must hold.
    func expectEveryClaimHolds(_ program: LessonProgram, _ number: String, checks: Int) throws {
        let code = run(program, ["--quick", "--uri", collections, number])
        #expect(code == .success, "\(text)")
        let lesson = try #require(LessonNumber(number))
        let entry = try #require(progress.read().entries[lesson])
        #expect(entry.isPassed && entry.scale == .quick)
        #expect(entry.checks >= checks)
        #expect(lines.allSatisfy { $0.count <= 100 }, "a line is wider than a terminal")
    }

    /// The folder of the test program, in which the step programs lie as well.
    private static var programFolder: String {
        ThisProcess.path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    }
}

final class Lines: Sendable {
    private let kept = Mutex<[String]>([])

    var all: [String] { kept.withLock { $0 } }
    func append(_ line: String) { kept.withLock { $0.append(line) } }
    func clear() { kept.withLock { $0 = [] } }
}

extension Lesson {
    /// A lesson that does what a test wants.
    static func forTest(
        _ number: LessonNumber, run: @escaping @Sendable (LessonContext) throws -> Void
    ) -> Lesson {
        Lesson(
            number: number, title: "A lesson for tests", claim: "a claim", prediction: "a question",
            what: "what",
            why: "why", reading: ["a page"], nextTries: ["a command"], run: run)
    }

    static func program(_ lessons: Lesson...) -> LessonProgram {
        LessonProgram(name: "tested", title: "Step 9: Tests", lessons: lessons)
    }
}

/// Every lesson has a claim, a question, an explanation, and something to read and to try.
func expectExplanations(of program: LessonProgram) {
    for lesson in program.lessons {
        let texts = [lesson.title, lesson.claim, lesson.prediction, lesson.what, lesson.why]
        #expect((texts + lesson.reading + lesson.nextTries).allSatisfy { !$0.isEmpty })
        #expect(!lesson.reading.isEmpty && !lesson.nextTries.isEmpty)
    }
}
