import Common
import Lesson

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Step 1 of the course: from a folder to collections that are searched.
@main enum Basics {
    static let program = LessonProgram(
        name: "basics", title: "Step 1: Basics",
        lessons: [EnvironmentSetup.lesson, ConnectionManagement.lesson, BasicOperations.lesson],
        childCommands: [
            SecondOpener.command: SecondOpener.run, DoomedWriter.command: DoomedWriter.run,
        ])

    static func main() {
        exit(program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }
}
