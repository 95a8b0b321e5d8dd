import Common

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Which lessons were done, when and with what result; kept in `.apus/progress.json`.
public struct ProgressRecord: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        /// UTC in ISO 8601.
        public let finished: String
        public let checksHeld: Int
        public let checks: Int
        public let seconds: Double
        public let scale: LessonScale
        /// The error that stopped the lesson, if one did.
        public let stoppedBy: String?

        public var isPassed: Bool { checks > 0 && checksHeld == checks && stoppedBy == nil }
    }

    public var entries: [LessonNumber: Entry] = [:]

    private static let format = 1

    public init() {}

    // MARK: JSON

    func json() -> JSONValue {
        let lessons = entries.sorted { $0.key < $1.key }.map { number, entry in
            JSONValue.Member("\(number)", Self.json(entry))
        }
        return .object([.init("format", .integer(Int64(Self.format))), .init("lessons", .object(lessons))])
    }

    /// - Throws: `ProgressFileError` for a value that is not such a record.
    init(json: JSONValue) throws(ProgressFileError) {
        guard json["format"]?.intValue == Self.format, case .object(let lessons)? = json["lessons"] else {
            throw ProgressFileError("it is not a progress file of format \(Self.format)")
        }
        for lesson in lessons {
            guard let number = LessonNumber(lesson.name), let entry = Self.entry(lesson.value) else {
                throw ProgressFileError("its lesson '\(lesson.name)' cannot be read")
            }
            entries[number] = entry
        }
    }

    private static func json(_ entry: Entry) -> JSONValue {
        .object([
            .init("finished", .string(entry.finished)),
            .init("checksHeld", .integer(Int64(entry.checksHeld))),
            .init("checks", .integer(Int64(entry.checks))), .init("seconds", .number(entry.seconds)),
            .init("scale", .string(entry.scale.rawValue)),
            .init("stoppedBy", entry.stoppedBy.map(JSONValue.string) ?? .null),
        ])
    }

    private static func entry(_ json: JSONValue) -> Entry? {
        guard let finished = json["finished"]?.stringValue, let held = json["checksHeld"]?.intValue,
            let checks = json["checks"]?.intValue, let seconds = json["seconds"]?.doubleValue,
            let scale = json["scale"]?.stringValue.flatMap(LessonScale.init)
        else { return nil }
        return Entry(
            finished: finished, checksHeld: held, checks: checks, seconds: seconds, scale: scale,
            stoppedBy: json["stoppedBy"]?.stringValue)
    }
}

/// A progress file that cannot be used.
struct ProgressFileError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The file `.apus/progress.json` of the project, or of the current folder outside a project.
public struct ProgressFile: Sendable {
    public let path: String

    /// The file in the folder `.apus` of `folder`.
    public init(in folder: String) { path = folder + "/.apus/progress.json" }

    /// The nearest folder with a `Package.swift` from the current one upwards, else the current one.
    public static func projectFolder() -> String {
        let current = Common.FilePath.currentFolder
        var parts = current.split(separator: "/")
        while !parts.isEmpty {
            let folder = "/" + parts.joined(separator: "/")
            if FolderTree.exists(folder + "/Package.swift") { return folder }
            parts.removeLast()
        }
        return current
    }

    /// An empty record if there is no file.
    func read() throws -> ProgressRecord {
        guard FolderTree.exists(path) else { return ProgressRecord() }
        do {
            let lines = try JSONLines.read(path)
            guard lines.count == 1 else {
                throw ProgressFileError("it has \(lines.count) lines instead of one")
            }
            return try ProgressRecord(json: lines[0])
        } catch {
            throw ProgressFileError("\(path) cannot be used: \(error). Run with --reset to begin a new one")
        }
    }

    /// Replaces the file in one step: a crash leaves the old or the new one.
    func write(_ record: ProgressRecord) throws {
        try FolderTree.make(String(path.prefix(path.count - "/progress.json".count)))
        let next = path + ".new-\(ThisProcess.identifier)"
        try JSONLines.write([record.json()], to: next)
        try Self.sync(next)
        guard rename(next, path) == 0 else { throw SystemError("replace \(path)") }
    }

    func remove() { unlink(path) }

    private static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open \(path)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemError("sync \(path)") }
    }
}
