import Apus
import Synchronization

/// A disk that tells of each file before it is created, so that a test can do something at that very moment.
public final class WatchedFileSystem: FileSystem {
    private let disk: any FileSystem
    private let watcher = Mutex<(@Sendable (_ path: String) -> Void)?>(nil)

    public init(_ disk: any FileSystem) { self.disk = disk }

    /// Calls `body` before the first creation of a file whose name ends so, and never again.
    public func beforeCreating(_ ending: String, _ body: @escaping @Sendable () -> Void) {
        let isDone = Flag()
        watcher.withLock { watcher in
            watcher = { path in
                if path.hasSuffix(ending), isDone.raise() { body() }
            }
        }
    }

    public func openFile(_ path: String, _ mode: FileMode) throws -> any File {
        if mode == .create { watcher.withLock { $0 }?(path) }
        return try disk.openFile(path, mode)
    }

    public func rename(_ source: String, to target: String) throws { try disk.rename(source, to: target) }
    public func remove(_ path: String) throws { try disk.remove(path) }
    public func list(_ folder: String) throws -> [String] { try disk.list(folder) }
    public func createFolder(_ path: String) throws { try disk.createFolder(path) }
    public func removeFolder(_ path: String) throws { try disk.removeFolder(path) }
    public func syncFolder(_ path: String) throws { try disk.syncFolder(path) }
    public func exists(_ path: String) throws -> Bool { try disk.exists(path) }
    public func size(_ path: String) throws -> Int { try disk.size(path) }
    public func lockFolder(_ path: String) throws -> any FolderLock { try disk.lockFolder(path) }
    public func freeSpace(_ folder: String) throws -> Int { try disk.freeSpace(folder) }

    private final class Flag: Sendable {
        private let isRaised = Atomic(false)

        /// True for the first caller.
        func raise() -> Bool { !isRaised.exchange(true, ordering: .acquiringAndReleasing) }
    }
}
