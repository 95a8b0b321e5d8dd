import Common

/// Where lessons keep their collections: a folder that the learner names, or a temporary one.
final class LessonFolder {
    private let root: String
    private let isTemporary: Bool
    private static let marker = ".made-by-a-lesson"

    /// - Parameter uri: a folder, or nil for a temporary one that goes with this object.
    /// - Throws: `LessonUsageError` for the address of a server.
    init(uri: String?) throws {
        guard let uri else {
            root = try FolderTree.makeTemporary()
            isTemporary = true
            return
        }
        if uri.contains("://") {
            throw LessonUsageError(
                "--uri \(uri) is the address of a server. Remote connections need the server, which is not part of "
                    + "this version; give a folder, or leave --uri out for a temporary one")
        }
        root = uri.hasPrefix("/") ? uri : Common.FilePath.currentFolder + "/" + uri
        isTemporary = false
        try FolderTree.make(root)
    }

    deinit { if isTemporary { FolderTree.remove(root) } }

    /// An empty folder for a lesson. What an earlier run of that lesson left is replaced; anything else is not touched.
    func make(for number: LessonNumber) throws -> String {
        let path = root + "/lesson-\(number)"
        if FolderTree.exists(path) {
            guard FolderTree.exists(path + "/" + Self.marker) else {
                throw LessonUsageError(
                    "\(path) is there and was not made by a lesson; name another folder by --uri")
            }
            FolderTree.remove(path)
        }
        try FolderTree.make(path)
        try TextOutput.write("", to: path + "/" + Self.marker)
        return path
    }

    /// Where the collections stay, for the learner to look at; nil for a temporary folder.
    var lastingPath: String? { isTemporary ? nil : root }
}
