/// What a query asks for: the entities that a filter permits, or numbers about them.
///
///     QueryRequest(filter: "price < 50 and stock > 0", outputFields: ["name"], limit: 20)
///     QueryRequest(filter: "price < 50", aggregates: [.count, .average("price")], groupBy: ["color"])
public struct QueryRequest: Sendable {
    /// Which entities are asked for, as an expression over their fields; nil or empty for all. `docs/filters.md` has the
    /// language.
    public var filter: String?
    /// What stands for `{name}` in the filter.
    public var filterValues: [String: Value] = [:]
    /// Names of the partitions that are asked; empty for all.
    public var partitions: [String] = []
    /// Fields returned with each entity beside the primary key, vectors and dynamic ones too; `*` stands for all.
    public var outputFields: [String]
    /// How many entities are returned at most, 1 to `Limits.searchLimit` together with `offset`. nil for all of them,
    /// where there is a filter.
    public var limit: Int?
    /// How many of the first entities are passed over.
    public var offset: Int
    /// What entities are sorted by; equal ones, and all if this is empty, come by ascending primary key.
    public var orderBy: [Order]
    /// Numbers about the entities, instead of the entities.
    public var aggregates: [Aggregate]
    /// Fields of type Bool, VarChar or of integers, for each of whose values the aggregates are computed.
    public var groupBy: [String]

    public enum Direction: Sendable, Hashable {
        case ascending
        case descending
    }

    /// A field and a direction. Nulls come last in both.
    public struct Order: Sendable, Hashable {
        /// A field of numbers, texts or truth values; of an aggregating query one of its columns.
        public var field: String
        public var direction: Direction

        public init(_ field: String, _ direction: Direction = .ascending) {
            self.field = field
            self.direction = direction
        }
    }

    public init(
        filter: String? = nil, outputFields: [String] = [], limit: Int? = nil, offset: Int = 0, orderBy: [Order] = [],
        aggregates: [Aggregate] = [], groupBy: [String] = []
    ) {
        self.filter = filter
        self.outputFields = outputFields
        self.limit = limit
        self.offset = offset
        self.orderBy = orderBy
        self.aggregates = aggregates
        self.groupBy = groupBy
    }
}

/// A number about entities. Nulls are passed over.
public enum Aggregate: Sendable, Hashable {
    /// How many entities there are, nulls or not.
    case count
    /// An integer for integers, a double for floating point numbers; null if there is no value.
    case sum(String)
    /// A double; null if there is no value.
    case average(String)
    /// A value of the field; null if there is none.
    case minimum(String)
    case maximum(String)

    /// The name of its column, such as `count(*)` or `avg(price)`.
    public var name: String {
        switch self {
        case .count: "count(*)"
        case .sum(let field): "sum(\(field))"
        case .average(let field): "avg(\(field))"
        case .minimum(let field): "min(\(field))"
        case .maximum(let field): "max(\(field))"
        }
    }

    /// The field that it reads; nil for the count.
    var field: String? {
        switch self {
        case .count: nil
        case .sum(let field), .average(let field), .minimum(let field), .maximum(let field): field
        }
    }
}

/// The answer to a query.
public struct QueryResult: Sendable, Hashable {
    /// What each row holds, in the order asked for, the primary key first; of an aggregating query the fields that it
    /// groups by and the names of its aggregates.
    public let columns: [String]
    public let rows: [[String: Value]]
}
