import Common

/// The `apus` program: benchmark, import, search, checks.
@main
enum Tool {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let status = CommandTable.run(arguments, console: .standard)
        SystemProcess.end(with: status)
    }
}
