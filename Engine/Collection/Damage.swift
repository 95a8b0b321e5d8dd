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

    public var description: String {
        "\(path)\(offset.map { " at byte \($0)" } ?? ""): \(message)"
    }
}

/// Collects the damage that was found in a collection.
final class DamageLog: Sendable {
    private let found = Mutex<[Damage]>([])

    var all: [Damage] { found.withLock { $0 } }

    func note(_ error: StorageError) {
        let damage = Damage(error)
        found.withLock { if !$0.contains(damage) { $0.append(damage) } }
    }

    /// The result of reading something, or nil after noting that it is damaged or missing.
    func attempt<Result>(_ body: () throws -> Result) -> Result? {
        do {
            return try body()
        } catch let error as StorageError {
            note(error)
            return nil
        } catch {
            preconditionFailure("reading the disk throws only StorageError, not \(error)")
        }
    }
}
