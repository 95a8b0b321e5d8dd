/// The exit codes of the project's programs.
public enum ExitCode: Int32, Sendable {
    case success = 0
    /// A check failed, or a measurement got worse than its limit.
    case failure = 1
    /// The command line was wrong.
    case usage = 2
    /// The surroundings failed: a folder that another program holds, a file that cannot be read, a full disk.
    case infrastructure = 3
}

/// A wrong command line: what is wrong and how to say it right.
public struct UsageError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// One flag of a program.
public struct CommandLineFlag: Sendable, Equatable {
    /// How a flag is used.
    public enum Kind: Sendable, Equatable {
        /// `--quick`: given or not.
        case presence
        /// `--k 10`: one value; the last one counts. A flag without default may be left out.
        case value(placeholder: String, defaultValue: String?)
        /// `--index A --index B`: any number of values, in order.
        case repeated(placeholder: String)
        /// `--base FILE`: one value that must be given.
        case required(placeholder: String)
    }

    /// Without the dashes.
    public let name: String
    public let kind: Kind
    public let help: String

    public init(_ name: String, _ kind: Kind, help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    var placeholder: String? {
        switch kind {
        case .presence: nil
        case .value(let placeholder, _), .repeated(let placeholder), .required(let placeholder): placeholder
        }
    }
}

/// The flags of a program and its help text.
public struct CommandLineOptions: Sendable {
    public let program: String
    public let summary: String
    public let flags: [CommandLineFlag]
    /// Arguments that are not flags, for the usage line, such as `FILE...`; nil when there are none.
    public let positional: String?

    public init(program: String, summary: String, flags: [CommandLineFlag], positional: String? = nil) {
        precondition(Set(flags.map(\.name)).count == flags.count, "every flag needs a name of its own")
        self.program = program
        self.summary = summary
        self.flags = flags
        self.positional = positional
    }

    /// What a command line comes to.
    public enum Outcome: Sendable, Equatable {
        case arguments(ParsedArguments)
        /// `--help` or `-h` was given; the text is the help.
        case help(String)
    }

    /// Reads the arguments behind the program's name. `--flag value` and `--flag=value` are the same; `--` ends the
    /// flags.
    public func parse(_ arguments: [String]) throws(UsageError) -> Outcome {
        var values: [String: [String]] = [:]
        var positionals: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--help" || argument == "-h" { return .help(helpText) }
            if argument == "--" {
                positionals += rest
                break
            }
            guard argument.hasPrefix("-"), argument.count > 1 else {
                positionals.append(argument)
                continue
            }
            let (flag, inline) = try match(argument)
            values[flag.name, default: []].append(try value(of: flag, inline, &rest))
        }
        guard positional != nil || positionals.isEmpty else {
            throw UsageError("unexpected argument '\(positionals[0])'; see \(program) --help")
        }
        try checkRequired(values)
        return .arguments(ParsedArguments(flags: flags, values: values, positionals: positionals))
    }

    /// Usage, all flags with their defaults, and the exit codes.
    public var helpText: String {
        let left =
            flags.map { flag in "  --\(flag.name)" + (flag.placeholder.map { " \($0)" } ?? "") } + [
                "  --help"
            ]
        let right = flags.map(describe) + ["Show this text."]
        let width = (left.map(\.count).max() ?? 0) + 2
        let lines = zip(left, right).map { name, text in
            name + String(repeating: " ", count: width - name.count) + text
        }
        let usage = "Usage: \(program) [flags]" + (positional.map { " \($0)" } ?? "")
        return ([summary, "", usage, "", "Flags:"] + lines).joined(separator: "\n")
            + "\n\nExit codes: 0 good, 1 failed check or regression, 2 wrong usage, 3 unreadable files or disk.\n"
    }

    private func describe(_ flag: CommandLineFlag) -> String {
        switch flag.kind {
        case .value(_, .some(let value)): "\(flag.help) (default: \(value))"
        case .required: "\(flag.help) (required)"
        case .repeated: "\(flag.help) (may be repeated)"
        case .presence, .value(_, .none): flag.help
        }
    }

    private func match(_ argument: String) throws(UsageError) -> (CommandLineFlag, inline: String?) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        if let flag = flags.first(where: { "--" + $0.name == parts[0] }) {
            return (flag, parts.count == 2 ? parts[1] : nil)
        }
        let name = String(parts[0].drop { $0 == "-" })
        let nearest = flags.map { ($0.name, EditDistance.between($0.name, name)) }.min { $0.1 < $1.1 }
        let isClose = nearest.map { $0.1 <= max(2, name.count / 3) } ?? false
        let hint = isClose ? "did you mean --\(nearest?.0 ?? "")?" : "see \(program) --help"
        throw UsageError("unknown flag '\(parts[0])'; \(hint)")
    }

    private func value(
        of flag: CommandLineFlag, _ inline: String?, _ rest: inout ArraySlice<String>
    ) throws(UsageError) -> String {
        guard let placeholder = flag.placeholder else {
            guard inline == nil else { throw UsageError("--\(flag.name) takes no value") }
            return ""
        }
        if let inline { return inline }
        // A negative number is a value; another flag is not.
        guard let next = rest.first, !next.hasPrefix("--") else {
            throw UsageError("--\(flag.name) needs a value: --\(flag.name) \(placeholder)")
        }
        rest.removeFirst()
        return next
    }

    private func checkRequired(_ values: [String: [String]]) throws(UsageError) {
        for flag in flags where values[flag.name] == nil {
            guard case .required(let placeholder) = flag.kind else { continue }
            throw UsageError("--\(flag.name) \(placeholder) is missing; see \(program) --help")
        }
    }
}

/// The values of a command line. Asking for a flag that was not declared, or in a way it was not declared, traps.
public struct ParsedArguments: Sendable, Equatable {
    private let flags: [CommandLineFlag]
    private let values: [String: [String]]
    /// Arguments that are not flags, in order.
    public let positionals: [String]

    init(flags: [CommandLineFlag], values: [String: [String]], positionals: [String]) {
        self.flags = flags
        self.values = values
        self.positionals = positionals
    }

    /// Whether a flag was given.
    public func isPresent(_ name: String) -> Bool {
        _ = flag(name)
        return values[name] != nil
    }

    /// The value given last, else the default, else nil.
    public func string(_ name: String) -> String? {
        if case .value(_, let defaultValue) = flag(name).kind { return values[name]?.last ?? defaultValue }
        return values[name]?.last
    }

    /// All values of a repeated flag, in order.
    public func strings(_ name: String) -> [String] {
        _ = flag(name)
        return values[name] ?? []
    }

    /// The value as an integer of `range`; nil only when there is neither value nor default.
    public func integer(_ name: String, in range: ClosedRange<Int> = Int.min...Int.max) throws(UsageError)
        -> Int?
    {
        guard let text = string(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            let bounds =
                range.upperBound == Int.max
                ? (range.lowerBound == Int.min ? "" : " of at least \(range.lowerBound)")
                : " from \(range.lowerBound) to \(range.upperBound)"
            throw UsageError("--\(name) '\(text)' is not a whole number\(bounds)")
        }
        return value
    }

    /// The value as a finite number; nil only when there is neither value nor default.
    public func number(_ name: String) throws(UsageError) -> Double? {
        guard let text = string(name) else { return nil }
        guard let value = Double(text), value.isFinite else {
            throw UsageError("--\(name) '\(text)' is not a number")
        }
        return value
    }

    /// The value as one of the cases of an enumeration of strings.
    public func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, of type: Choice.Type = Choice.self
    ) throws(UsageError) -> Choice? where Choice.RawValue == String {
        guard let text = string(name) else { return nil }
        guard let value = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("--\(name) '\(text)' is none of \(known)")
        }
        return value
    }

    private func flag(_ name: String) -> CommandLineFlag {
        guard let flag = flags.first(where: { $0.name == name }) else {
            preconditionFailure("the flag --\(name) is not declared")
        }
        return flag
    }
}

/// How many letters must be added, removed or changed to turn one word into another (Levenshtein, 1966).
enum EditDistance {
    static func between(_ left: String, _ right: String) -> Int {
        let target = Array(right)
        var row = Array(0...target.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in target.indices {
                let change = diagonal + (target[column] == letter ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(change, diagonal + 1, row[column] + 1)
            }
        }
        return row[target.count]
    }
}
