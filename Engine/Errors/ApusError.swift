/// What went wrong in a call to the engine, and how to mend it.
///
/// Codes say what a program can do about it; the message is for people. New codes may come, so switch with a default.
public struct ApusError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        public let description: String

        private init(_ description: String) { self.description = description }

        /// A value of the request is wrong; the message names it and what is allowed.
        public static let invalidArgument = Code("invalidArgument")
        /// The database, collection, field or index does not exist.
        public static let notFound = Code("notFound")
        /// The name or primary key is taken.
        public static let alreadyExists = Code("alreadyExists")
        /// The collection is not loaded.
        public static let notLoaded = Code("notLoaded")
        /// Another process or database object holds the folder.
        public static let locked = Code("locked")
        /// The object was closed or dropped.
        public static let closed = Code("closed")
        /// The disk is full; reads go on, writes succeed again once there is space.
        public static let diskFull = Code("diskFull")
        /// A write or sync failed; the collection refuses writes until it is opened again.
        public static let writesRefused = Code("writesRefused")
        /// The disk reported an error.
        public static let io = Code("io")
        /// A file is damaged, foreign, or of a later version.
        public static let corrupted = Code("corrupted")
    }

    public let code: Code
    public let message: String
    /// The error below, if there was one.
    public let cause: (any Error)?

    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    public var description: String { "\(code): \(message)" }
}
