import Synchronization

/// Damage that was found on the disk. What it concerns is left out of results; the rest is served.
public struct Damage: Sendable, Hashable, CustomStringConvertible {
    /// The damaged file.
    public let path: String
    /// The place in the file, where one is known.
    public let offset: Int?
    public let message: String

    init(_ error: StorageError) {
        path = error.path
        offset = error.offset
        message = error.message
    }

    init(_ damage: LogDamage) {
        path = damage.path
        offset = damage.bytes?.lowerBound
        message = damage.description
    }

    public var description: String {
        "\(path)\(offset.map { " at byte \($0)" } ?? ""): \(message)"
    }
}

/// Collects the damage that was found in a collection.
final class DamageLog: Sendable {
    private let found = Mutex<[Damage]>([])

    var all: [Damage] { found.withLock { $0 } }

    func note(_ error: StorageError) {
        note(Damage(error))
    }

    func note(_ damage: Damage) {
        found.withLock { if !$0.contains(damage) { $0.append(damage) } }
    }

    /// The result of reading something, or nil after noting that it is damaged or missing. Other errors are thrown:
    /// a disk that cannot be read now says nothing about what is on it.
    func attempt<Result>(_ body: () throws -> Result) throws -> Result? {
        do {
            return try body()
        } catch let error as StorageError where error.isDamage {
            note(error)
            return nil
        }
    }
}

extension StorageError {
    /// Whether the file itself is at fault, rather than the disk that could not read it.
    var isDamage: Bool { [.corrupted, .notFound, .unsupportedVersion].contains(code) }
}
