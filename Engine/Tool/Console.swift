import Common

/// Where a command writes to; tests bring their own.
struct Console: Sendable {
    private let output: @Sendable (String) -> Void
    private let error: @Sendable (String) -> Void
    /// The file of the `apus` program, for commands that start it again.
    let program: String

    init(
        program: String, output: @escaping @Sendable (String) -> Void,
        error: @escaping @Sendable (String) -> Void
    ) {
        self.program = program
        self.output = output
        self.error = error
    }

    static let standard = Console(
        program: SystemProcess.programPath, output: { StandardStream.output.write($0) },
        error: { StandardStream.error.write($0) })

    func write(_ text: String) { output(text) }

    func line(_ text: String = "") { output(text + "\n") }

    /// Writes to standard error.
    func complain(_ text: String) { error(text) }
}
