#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension StorageError {
    /// The error of a failed call: `errorNumber` must be read right after it.
    static func posix(
        _ errorNumber: Int32, _ action: String, _ path: String, at offset: Int? = nil
    ) -> StorageError {
        let reason = String(cString: strerror(errorNumber))
        return StorageError(
            code(errorNumber), path: path, offset: offset,
            message: "cannot \(action): \(reason); \(remedy(errorNumber))")
    }

    private static func code(_ errorNumber: Int32) -> Code {
        switch errorNumber {
        case ENOENT: .notFound
        case EEXIST: .exists
        case ENOSPC, EDQUOT: .noSpace
        default: .io(errorNumber)
        }
    }

    private static func remedy(_ errorNumber: Int32) -> String {
        switch errorNumber {
        case ENOENT: "check the path, and that nothing else removes files here"
        case EEXIST: "choose another name or remove it first"
        case ENOSPC, EDQUOT: "free space on the device, then try again"
        case EACCES, EPERM, EROFS: "give this user the right to write there"
        case EMFILE, ENFILE: "raise the limit of open files"
        default: "check the device and the log of the operating system"
        }
    }
}

/// Repeats a call that a signal interrupted, and gives its result or throws its error.
func posixCall<Result: SignedInteger>(
    _ action: String, _ path: String, at offset: Int? = nil, _ call: () -> Result
) throws -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        let errorNumber = errno
        if errorNumber != EINTR { throw StorageError.posix(errorNumber, action, path, at: offset) }
    }
}
