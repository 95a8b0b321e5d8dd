import Common

/// The program of one step: its lessons, its command line, and the work that lessons give to child processes.
public struct LessonProgram: Sendable {
    public let name: String
    public let title: String
    public let lessons: [Lesson]
    /// What a lesson runs as a process of its own, by name, with its arguments.
    public let childCommands: [String: @Sendable ([String]) throws -> Void]

    private static let childFlag = "--child"

    public init(
        name: String, title: String, lessons: [Lesson],
        childCommands: [String: @Sendable ([String]) throws -> Void] = [:]
    ) {
        precondition(
            Set(lessons.map(\.number)).count == lessons.count, "every lesson needs a number of its own")
        self.name = name
        self.title = title
        self.lessons = lessons
        self.childCommands = childCommands
    }

    /// The arguments that make `program` run one of its child commands.
    public static func childArguments(_ command: String, _ arguments: [String]) -> [String] {
        [childFlag, command] + arguments
    }

    /// Does what the command line asks.
    ///
    /// - Parameters:
    ///   - arguments: those behind the program's name.
    ///   - program: the path by which lessons start their child commands.
    ///   - progressFolder: the folder in which `.apus/progress.json` lies.
    public func run(
        _ arguments: [String], program: String = ThisProcess.path,
        progressFolder: String = ProgressFile.projectFolder(), output: LessonOutput = .standard
    ) -> ExitCode {
        if arguments.first == Self.childFlag { return runChild(Array(arguments.dropFirst()), output) }
        do {
            switch try options.parse(arguments) {
            case .help(let text):
                output.line(text)
                return .success
            case .arguments(let parsed):
                let session = LessonSession(
                    program: self, path: program, progress: ProgressFile(in: progressFolder), output: output)
                return try session.follow(parsed)
            }
        } catch let error as UsageError {
            return refuse("\(error)", output)
        } catch let error as LessonUsageError {
            return refuse("\(error)", output)
        } catch {
            output.paragraph("\(name): \(error)", hanging: 2)
            return .infrastructure
        }
    }

    private func refuse(_ message: String, _ output: LessonOutput) -> ExitCode {
        output.paragraph("\(name): \(message)", hanging: 2)
        return .usage
    }

    private func runChild(_ arguments: [String], _ output: LessonOutput) -> ExitCode {
        guard let command = arguments.first.flatMap({ childCommands[$0] }) else {
            return refuse("\(Self.childFlag) is for the lessons themselves", output)
        }
        do {
            try command(Array(arguments.dropFirst()))
            return .success
        } catch {
            output.line("\(error)")
            return .failure
        }
    }

    private var options: CommandLineOptions {
        CommandLineOptions(
            program: name, summary: "\(title). Runs the lessons in order and checks what they claim.",
            flags: [
                CommandLineFlag("list", .presence, help: "Show the lessons and which of them are done."),
                CommandLineFlag(
                    "quick", .presence, help: "Take a part of the data, for checks that run often."),
                CommandLineFlag(
                    "uri", .value(placeholder: "FOLDER", defaultValue: nil),
                    help:
                        "Keep the collections in this folder; a temporary one is used and removed otherwise."),
                CommandLineFlag("reset", .presence, help: "Forget which lessons are done."),
            ], positional: "[STEP | STEP.LESSON]...")
    }
}
