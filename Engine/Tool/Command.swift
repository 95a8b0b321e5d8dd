import Common

/// A subcommand of `apus`.
struct Command: Sendable {
    let name: String
    let options: CommandLineOptions
    let run: @Sendable (ParsedArguments, Console) throws -> ExitCode

    /// - Parameter flags: without `--help`, which every command has.
    init(
        _ name: String, summary: String, flags: [CommandLineFlag],
        run: @escaping @Sendable (ParsedArguments, Console) throws -> ExitCode
    ) {
        self.name = name
        options = CommandLineOptions(program: "apus \(name)", summary: summary, flags: flags)
        self.run = run
    }
}

/// All subcommands, and the way from a command line to an exit code.
enum CommandTable {
    /// Those that the usage lists.
    static let commands = [BenchCommand.command, GenerateCommand.command]
    /// Those that the program starts itself with.
    private static let innerCommands = [WriterCommand.command, ReaderCommand.command]

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
        guard let command = (commands + innerCommands).first(where: { $0.name == name }) else {
            console.complain("apus: there is no command '\(name)'\n\n\(usage)")
            return .usage
        }
        do {
            switch try command.options.parse(Array(arguments.dropFirst())) {
            case .help(let text):
                console.write(text)
                return .success
            case .arguments(let parsed): return try command.run(parsed, console)
            }
        } catch {
            let failure = Failure(error)
            console.complain("apus \(name): \(failure.message)\n")
            return failure.exitCode
        }
    }
}
