import Apus
import Common

/// A check of a command that did not hold, or a regression.
struct CheckFailure: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// The surroundings do not allow a command to go on.
struct SurroundingsError: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// What an error means to the caller of a program.
struct Failure {
    let exitCode: ExitCode
    let message: String

    init(_ error: any Error) {
        switch error {
        case let error as UsageError: (exitCode, message) = (.usage, error.description)
        case let error as CheckFailure: (exitCode, message) = (.failure, error.message)
        case let error as SurroundingsError: (exitCode, message) = (.infrastructure, error.message)
        case let error as ApusError: (exitCode, message) = (Self.exitCode(of: error), error.message)
        default: (exitCode, message) = (.infrastructure, "\(error)")
        }
    }

    /// What the caller asked for in vain is wrong usage; what the disk says, by its cause, is not.
    private static func exitCode(of error: ApusError) -> ExitCode {
        let isRequest = [.invalidArgument, .notFound, .alreadyExists, .notLoaded].contains(error.code)
        return isRequest && error.cause == nil ? .usage : .infrastructure
    }
}
