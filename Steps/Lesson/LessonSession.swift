import Common

/// One call of a step's program.
struct LessonSession {
    let program: LessonProgram
    /// The path of the program's file.
    let path: String
    let progress: ProgressFile
    let output: LessonOutput

    func follow(_ arguments: ParsedArguments) throws -> ExitCode {
        let chosen = try program.lessons.chosen(by: arguments.positionals)
        if arguments.isPresent("reset") {
            progress.remove()
            output.line("Progress is forgotten: \(progress.path) is removed.")
            if arguments.positionals.isEmpty && !arguments.isPresent("list") { return .success }
        }
        let record = try progress.read()
        if arguments.isPresent("list") {
            list(chosen, record)
            return .success
        }
        let folder = try LessonFolder(uri: arguments.string("uri"))
        let scale = arguments.isPresent("quick") ? LessonScale.quick : .full
        return try run(chosen, scale: scale, folder: folder, record: record)
    }

    private func list(_ lessons: [Lesson], _ record: ProgressRecord) {
        output.line(program.title)
        var table = TextTable(.left(""), .left(""), .left(""))
        for lesson in lessons {
            table.add("\(lesson.number)", lesson.title, Self.standing(record.entries[lesson.number]))
        }
        for line in table.lines(indent: 2) { output.line(line) }
    }

    private static func standing(_ entry: ProgressRecord.Entry?) -> String {
        guard let entry else { return "not done yet" }
        let day = entry.finished.prefix(10)
        let checks = "\(entry.checksHeld) of \(entry.checks) checks held"
        let scale = entry.scale == .quick ? ", quick" : ""
        return entry.isPassed ? "done \(day), \(checks)\(scale)" : "failed \(day), \(checks)\(scale)"
    }

    private func run(
        _ lessons: [Lesson], scale: LessonScale, folder: LessonFolder, record: ProgressRecord
    ) throws -> ExitCode {
        let data = LessonData(scale: scale)
        var record = record
        var failed: [LessonNumber] = []
        for lesson in lessons {
            let context = LessonContext(
                number: lesson.number, scale: scale, folder: try folder.make(for: lesson.number),
                program: path,
                data: data, output: output)
            let entry = LessonRun(lesson: lesson, context: context).run()
            if !entry.isPassed { failed.append(lesson.number) }
            record.entries[lesson.number] = entry
            try progress.write(record)
        }
        tellWhatIsNext(record, failed: failed, folder: folder)
        return failed.isEmpty ? .success : .failure
    }

    private func tellWhatIsNext(_ record: ProgressRecord, failed: [LessonNumber], folder: LessonFolder) {
        output.line()
        if let kept = folder.lastingPath { output.line("The collections stay in \(kept).") }
        let open = program.lessons.filter { record.entries[$0.number]?.isPassed != true }
        if !failed.isEmpty {
            output.line("Failed: \(failed.map(\.description).joined(separator: ", ")).")
        } else if let next = open.first {
            output.line("Next: ./learn \(next.number)  \(next.title)")
        } else {
            output.line("All lessons of \(program.title) are done.")
        }
    }
}
