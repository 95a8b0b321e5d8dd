/// What the disk refused, or what was found damaged on it: the file, the place in it and what to do.
public struct StorageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is. Later versions may add codes, so a switch over them needs a default.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        public let description: String
        /// The error number of the operating system, for `io` codes.
        public let errorNumber: Int32?

        private init(_ description: String, errorNumber: Int32? = nil) {
            self.description = description
            self.errorNumber = errorNumber
        }

        /// The device or its quota is full. Nothing is wrong with what was written before.
        public static let noSpace = Code("noSpace")
        /// The bytes are not what was written.
        public static let corrupted = Code("corrupted")
        /// The file was written by a newer version.
        public static let unsupportedVersion = Code("unsupportedVersion")
        public static let notFound = Code("notFound")
        public static let exists = Code("exists")
        /// Another opener holds the folder.
        public static let locked = Code("locked")
        /// An earlier write or sync failed, so nothing more is accepted until the files are opened again.
        public static let writingStopped = Code("writingStopped")

        /// Any other failure of the operating system.
        public static func io(_ errorNumber: Int32) -> Code {
            Code("io(\(errorNumber))", errorNumber: errorNumber)
        }
    }

    public var code: Code
    /// The file or folder concerned.
    public var path: String
    /// The place in the file in bytes, where there is one.
    public var offset: Int?
    /// What happened and how to mend it.
    public var message: String

    public init(_ code: Code, path: String, offset: Int? = nil, message: String) {
        self.code = code
        self.path = path
        self.offset = offset
        self.message = message
    }

    public var description: String {
        let place = offset.map { " at byte \($0)" } ?? ""
        return "\(path)\(place): \(message) (\(code))"
    }
}

extension StorageError {
    /// Damage at `offset` of the file at `path`.
    static func corrupted(_ path: String, at offset: Int?, _ message: String) -> StorageError {
        StorageError(.corrupted, path: path, offset: offset, message: message)
    }
}
