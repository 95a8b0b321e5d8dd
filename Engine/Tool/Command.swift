import Common

/// A subcommand of `apus`.
struct Command: Sendable {
    let name: String
    let options: CommandLineOptions
    let run: @Sendable (ParsedArguments, Console) throws -> ExitCode

    /// - Parameters:
    ///   - name: one word, or two where the second is a command of the first.
    ///   - flags: without `--help`, which every command has.
    ///   - positional: what the arguments that are no flags are called; nil if there are none.
    init(
        _ name: String, summary: String, flags: [CommandLineFlag],
        positional: String? = nil, run: @escaping @Sendable (ParsedArguments, Console) throws -> ExitCode
    ) {
        self.name = name
        options = CommandLineOptions(
            program: "apus \(name)", summary: summary, flags: flags, positional: positional)
        self.run = run
    }
}

/// All subcommands, and the way from a command line to an exit code.
enum CommandTable {
    /// Those that the usage lists.
    static let commands = [
        BenchCommand.command, CompareCommand.command, HistoryCommand.command, ReportCommand.command,
        GenerateCommand.command, ImportCommand.command, SearchCommand.command,
        DescribeCommand.command, VerifyCommand.command, RecommendCommand.command,
    ]
    /// Those that the program starts itself with.
    private static let innerCommands = [WriterCommand.command, ReaderCommand.command, BenchPartCommand.command]

    static var usage: String {
        let width = (commands.map(\.name.count).max() ?? 0) + 2
        let lines = commands.map { command in
            "  " + command.name + String(repeating: " ", count: width - command.name.count)
                + command.options.summary
        }
        return "Usage: apus COMMAND [flags]\n\nCommands:\n" + lines.joined(separator: "\n")
            + "\n\n'apus COMMAND --help' lists the flags and their defaults.\n"
    }

    /// Runs a command line without the name of the program. Whatever goes wrong is told on the console.
    static func run(_ arguments: [String], console: Console) -> ExitCode {
        guard let name = arguments.first else {
            console.complain(usage)
            return .usage
        }
        if ["help", "--help", "-h"].contains(name) {
            console.write(usage)
            return .success
        }
        guard let command = command(arguments) else {
            console.complain("apus: there is no command '\(name)'\n\n\(usage)")
            return .usage
        }
        do {
            let words = command.name.split(separator: " ").count
            switch try command.options.parse(Array(arguments.dropFirst(words))) {
            case .help(let text):
                console.write(text)
                return .success
            case .arguments(let parsed): return try command.run(parsed, console)
            }
        } catch {
            let failure = Failure(error)
            console.complain("apus \(command.name): \(failure.message)\n")
            return failure.exitCode
        }
    }

    /// The command that the first words name, the longest name first.
    private static func command(_ arguments: [String]) -> Command? {
        [2, 1].lazy.compactMap { words in
            let name = arguments.prefix(words).joined(separator: " ")
            return (commands + innerCommands).first { $0.name == name }
        }.first
    }
}
