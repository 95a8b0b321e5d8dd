/// What Apus asks of a disk. Every byte that is kept goes through this protocol, so that tests can stop, fill,
/// damage or unplug the disk at any operation.
///
/// Paths are absolute or relative to the working folder of the process, parted by `/`. All calls throw
/// `StorageError`. A created, renamed or removed name is durable only after `syncFolder` of its folder.
public protocol FileSystem: Sendable {
    func openFile(_ path: String, _ mode: FileMode) throws -> any File

    /// Renames a file in one step, replacing what had the name `target`. A crash leaves the old or the new state.
    func rename(_ source: String, to target: String) throws

    /// Removes a file; `notFound` if there is none.
    func remove(_ path: String) throws

    /// The names in a folder, ascending.
    func list(_ folder: String) throws -> [String]

    /// Creates a folder in an existing one; does nothing if the folder is there already.
    func createFolder(_ path: String) throws

    /// Removes an empty folder.
    func removeFolder(_ path: String) throws

    /// Makes the names in a folder durable.
    func syncFolder(_ path: String) throws

    /// Whether a file or folder has this name.
    func exists(_ path: String) throws -> Bool

    /// Bytes of a file.
    func size(_ path: String) throws -> Int

    /// Holds a folder for this opener alone, through the file `LOCK` in it. A second opener, also one of the same
    /// process, gets the error `locked`, which names the holder.
    func lockFolder(_ path: String) throws -> any FolderLock

    /// Bytes that can still be written to the device of a folder.
    func freeSpace(_ folder: String) throws -> Int
}

public enum FileMode: Sendable {
    /// An existing file, for reading.
    case readOnly
    /// A new file, for reading and writing; `exists` if the name is taken.
    case create
    /// An existing file, for reading and writing.
    case readWrite
}

/// An open file. Calls are thread-safe, as far as they do not write to the same bytes.
public protocol File: AnyObject, Sendable {
    var path: String { get }

    /// Reads from `offset` until the buffer is full or the file ends; returns the bytes read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int

    /// Writes the pieces one after the other from `offset` on, all of them or an error.
    func write(_ pieces: [UnsafeRawBufferPointer], at offset: Int) throws

    /// Makes the content and the length durable.
    func sync() throws

    /// Extends the file with zeros to `size` bytes and reserves its blocks, so that later writes below `size` need
    /// less work to become durable. Does nothing for a file that is as long already; a file system that cannot
    /// reserve is no error, a full one is.
    func allocate(upTo size: Int) throws

    /// Cuts or zero-extends the file.
    func truncate(to size: Int) throws

    func size() throws -> Int

    /// A reader of many places at once, which keeps the file open. Reads one after the other unless the file system
    /// has something better.
    func asynchronousReader(slots: ReadSlots) -> any AsynchronousReader

    /// Closes the file; later calls throw. Does not sync.
    func close() throws
}

extension File {
    public func asynchronousReader(slots: ReadSlots) -> any AsynchronousReader {
        SequentialReader(self, slots: slots)
    }

    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        try write([bytes], at: offset)
    }

    public func write(_ bytes: [UInt8], at offset: Int) throws {
        try bytes.withUnsafeBytes { try write([$0], at: offset) }
    }

    /// The bytes of `range`; `corrupted` if the file ends before.
    func bytes(_ range: Range<Int>) throws -> [UInt8] {
        let bytes = try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            count = try read(
                into: UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[..<range.count]), at: range.lowerBound)
        }
        guard bytes.count == range.count else {
            throw StorageError.corrupted(
                path, at: range.lowerBound + bytes.count,
                "the file ends here, but should go on to byte \(range.upperBound); restore it from a backup")
        }
        return bytes
    }
}

/// A held folder; given back by `release` or when the last reference goes.
public protocol FolderLock: AnyObject, Sendable {
    var holder: FolderLockHolder { get }
    func release()
}

/// Who holds a folder.
public struct FolderLockHolder: Sendable, Hashable, CustomStringConvertible {
    public var processIdentifier: Int32
    public var host: String
    public var program: String
    /// When the folder was taken, as UTC in ISO 8601.
    public var since: String

    public init(processIdentifier: Int32, host: String, program: String, since: String) {
        self.processIdentifier = processIdentifier
        self.host = host
        self.program = program
        self.since = since
    }

    public var description: String {
        "\(program) (process \(processIdentifier) on \(host), since \(since))"
    }

    /// The name of the lock file.
    public static let fileName = "LOCK"

    /// The content of the lock file.
    public var text: String {
        "pid \(processIdentifier)\nhost \(host)\nprogram \(program)\nsince \(since)\n"
    }

    /// Reads the content of a lock file; nil if it is not complete.
    public init?(text: String) {
        var values: [Substring: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            if parts.count == 2 { values[parts[0]] = String(parts[1]) }
        }
        guard let identifier = values["pid"].flatMap({ Int32($0) }), let host = values["host"],
            let program = values["program"], let since = values["since"]
        else { return nil }
        self.init(processIdentifier: identifier, host: host, program: program, since: since)
    }

    /// The error that a second opener of `folder` gets.
    public static func lockedError(folder: String, holder: FolderLockHolder?) -> StorageError {
        let name = holder?.description ?? "a program that has not yet written its name"
        return StorageError(
            .locked, path: folder,
            message: "the folder is open in \(name); close it there, or open a copy of the folder")
    }
}

/// Joining and parting of paths.
public enum FilePath {
    public static func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    /// The folder of a path, `.` if it names none.
    public static func folder(of path: String) -> String {
        let end = path.lastIndex { $0 != "/" } ?? path.startIndex
        guard let slash = path[..<end].lastIndex(of: "/") else { return path.hasPrefix("/") ? "/" : "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    public static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }
}
