import Common

/// Runs one lesson and prints it: claim and prediction, the numbers and checks, the explanation.
struct LessonRun {
    let lesson: Lesson
    let context: LessonContext

    private var output: LessonOutput { context.output }

    /// What came of it. An error of the lesson is printed and counts as a failure.
    func run() -> ProgressRecord.Entry {
        printHead()
        let start = MonotonicClock.nanoseconds()
        var stoppedBy: String?
        do {
            try lesson.run(context)
        } catch {
            stoppedBy = "\(error)"
            output.line()
            output.paragraph("[FAILS] the lesson stopped: \(error)", indent: 2, hanging: 8)
        }
        let seconds = Double(MonotonicClock.nanoseconds() - start) * 1e-9
        printExplanation()
        let entry = ProgressRecord.Entry(
            finished: CalendarTime.now(), checksHeld: context.checks.count(where: \.isHeld),
            checks: context.checks.count, seconds: seconds, scale: context.scale, stoppedBy: stoppedBy)
        printResult(entry)
        return entry
    }

    private func printHead() {
        let title = "Lesson \(lesson.number)  \(lesson.title)"
        output.line()
        output.line(title)
        output.line(String(repeating: "=", count: title.count))
        output.labelled("Claim", lesson.claim)
        output.labelled("Predict", lesson.prediction)
    }

    private func printExplanation() {
        output.line()
        output.labelled("What", lesson.what)
        output.labelled("Why", lesson.why)
        for (index, text) in lesson.reading.enumerated() { output.labelled(index == 0 ? "Read" : "", text) }
        for (index, text) in lesson.nextTries.enumerated() { output.labelled(index == 0 ? "Try" : "", text) }
    }

    private func printResult(_ entry: ProgressRecord.Entry) {
        output.line()
        let end = entry.isPassed ? "done" : "FAILED"
        output.line(
            "Lesson \(lesson.number) \(end): \(entry.checksHeld) of \(entry.checks) checks held, "
                + "\(NumberText.duration(entry.seconds)).")
        for check in context.checks where !check.isHeld {
            output.paragraph(
                "- \(check.claim): expected \(check.expected), measured \(check.measured)", indent: 2,
                hanging: 2)
        }
        if entry.checks == 0 { output.line("  - no check was made, so nothing was shown") }
    }
}
