/// Every limit of the engine, by name, in one place.
public enum Limits {
    /// Bytes of the name of a database, collection, field or index.
    public static let nameBytes = 255
    public static let fieldsPerCollection = 256
    public static let vectorFieldsPerCollection = 10
    public static let collectionsPerDatabase = 65_536
    /// Partitions of a collection, the default one included.
    public static let partitionsPerCollection = 1_024
    /// Properties of a collection, and bytes of the value of one.
    public static let propertiesPerCollection = 64
    public static let propertyBytes = 1_024
    public static let dimension = 32_768
    /// Bits of a binary vector.
    public static let binaryDimension = 262_144
    /// Bytes of a varchar value; the largest `maxLength` a field may ask for.
    public static let varcharBytes = 65_535
    public static let jsonBytes = 65_536
    public static let jsonDepth = 64
    /// Elements of an array value; the largest `maxCapacity` a field may ask for.
    public static let arrayElements = 4_096
    /// Neighbours asked for by one query.
    public static let searchLimit = 16_384
    /// Hits of one group of a search that groups them.
    public static let groupSize = 10
    /// Queries of one search.
    public static let queriesPerSearch = 16_384
    /// Requests of one hybrid search.
    public static let hybridParts = 1_024
    /// Bytes of one insert, upsert or delete, as logged.
    public static let writeBytes = 256 << 20
    /// Bytes of the rows that a segment may hold before it is sealed.
    public static let segmentBytes = 1 << 30
    /// Rows of a segment, whatever their size.
    public static let segmentRows = 1 << 28
}
