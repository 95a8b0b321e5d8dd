extension ApusError {
    /// What a failure of the disk means to the caller of the engine.
    init(_ error: StorageError) {
        self.init(Self.code(for: error), error.description, cause: error)
    }

    static let collectionClosed = ApusError(.closed, "the collection was closed or dropped; open it again")

    /// Runs `body` and turns a `StorageError` into an `ApusError`: the one place where that is done.
    static func translating<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as StorageError {
            throw ApusError(error)
        }
    }

    private static func code(for error: StorageError) -> Code {
        switch error.code {
        case .noSpace: .diskFull
        case .corrupted, .unsupportedVersion: .corrupted
        case .notFound: .notFound
        case .exists: .alreadyExists
        case .locked: .locked
        case .writingStopped: .writesRefused
        default: .io
        }
    }
}
