/// Settings of a collection under the names that Milvus gives them. Those that the engine does not know are kept as
/// they are.
enum CollectionProperties {
    /// Seconds after which an entity is gone; 0 for never.
    static let timeToLive = "collection.ttl.seconds"

    /// A hundred years.
    private static let longestSeconds: UInt64 = 3_155_760_000

    /// - Throws: `ApusError` with code `invalidArgument` naming the property and what is permitted.
    static func check(_ properties: [String: String]) throws {
        guard properties.count <= Limits.propertiesPerCollection else {
            throw ApusError(
                .invalidArgument,
                "\(properties.count) properties are too many; a collection takes \(Limits.propertiesPerCollection)")
        }
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            guard !name.isEmpty, name.utf8.count <= Limits.nameBytes, value.utf8.count <= Limits.propertyBytes else {
                throw ApusError(
                    .invalidArgument,
                    "the property '\(name.prefix(64))' does not fit: a name has 1 to \(Limits.nameBytes) bytes, a value up to \(Limits.propertyBytes)"
                )
            }
        }
        guard let text = properties[timeToLive] else { return }
        guard let seconds = UInt64(text), seconds <= longestSeconds else {
            throw ApusError(
                .invalidArgument,
                "\(timeToLive) is '\(text.prefix(64))'; it must be a whole number of seconds from 0, for never, to \(longestSeconds)"
            )
        }
    }

    /// The time to live that is set; nil for none.
    static func timeToLiveSeconds(_ properties: [String: String]) -> UInt64? {
        properties[timeToLive].flatMap { UInt64($0) }.flatMap { $0 == 0 ? nil : $0 }
    }
}
