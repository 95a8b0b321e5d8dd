import Common

/// Measurements as `apus bench --json` wrote them.
enum MeasurementFile {
    /// The measured settings of a file; objects of other cases are passed over.
    ///
    /// - Throws: `DataError` for a file that cannot be read, `UsageError` for objects that are no measurements or that a
    ///   later version wrote.
    static func read(_ path: String) throws -> [Measurement] {
        try JSONLines.read(path).filter(isMeasurement)
            .map { json in
                do {
                    return try known(Measurement(json: json), path)
                } catch let error as JSONError {
                    throw UsageError("\(path) holds an object that is no measurement: \(error)")
                }
            }
    }

    /// The results of cases that are no curves.
    static func cases(_ path: String) throws -> [CaseResult] {
        try JSONLines.read(path).filter { !isMeasurement($0) && $0["case"] != nil }.map(CaseResult.init)
    }

    private static func isMeasurement(_ json: JSONValue) -> Bool {
        json["search_params"] != nil && json["qps"] != nil && json["mode"] != nil
    }

    private static func known(_ measurement: Measurement, _ path: String) throws -> Measurement {
        let version = measurement.schemaVersion ?? 1
        guard version <= Measurement.currentSchemaVersion else {
            throw UsageError(
                "\(path) has schema version \(version); this program reads up to \(Measurement.currentSchemaVersion)")
        }
        return measurement
    }
}
