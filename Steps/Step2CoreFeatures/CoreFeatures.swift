import Common
import Lesson

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Step 2 of the course: indexes, and how a search is made good and cheap.
@main enum CoreFeatures {
    static let program = LessonProgram(
        name: "core-features", title: "Step 2: Core features",
        lessons: [
            IndexManagement.lesson, SearchOptimization.lesson, PartitionStrategy.lesson, HybridSearch.lesson,
        ])

    static func main() {
        exit(program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }
}
