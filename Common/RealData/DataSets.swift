#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds the real data that ship with the project.
public enum DataSets {
    /// The environment variable that names the folder with the data sets.
    public static let environmentVariable = "APUS_DATASETS"
    private static let pathInProject = "Common/Datasets"

    /// The folder of the data set `name`.
    ///
    /// Looks into the folder that `APUS_DATASETS` names, then into `Common/Datasets` of the current folder and the
    /// folders above it, then of the program's folder and those above it.
    ///
    /// - Throws: `DataError` (`located`) with every place where it looked.
    public static func folder(_ name: String) throws(DataError) -> String {
        let chosen = getenv(environmentVariable).map { [String(cString: $0)] } ?? []
        return try folder(name, in: chosen + defaultPlaces())
    }

    static func folder(_ name: String, in places: [String]) throws(DataError) -> String {
        let candidates = places.map { FilePath.join($0, name) }
        if let found = candidates.first(where: FilePath.isFolder) { return found }
        throw DataError(
            .located, path: name,
            "no such data set; looked at \(candidates.joined(separator: ", ")). Run inside the project's "
                + "folder or set \(environmentVariable) to the folder that contains \(name)")
    }

    private static func defaultPlaces() -> [String] {
        var places: [String] = []
        for start in [FilePath.currentFolder, FilePath.executableFolder] {
            for folder in start.map(FilePath.ancestors) ?? [] {
                let place = FilePath.join(folder, pathInProject)
                if !places.contains(place) { places.append(place) }
            }
        }
        return places
    }
}
