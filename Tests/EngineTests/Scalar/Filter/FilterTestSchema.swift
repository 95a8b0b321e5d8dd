@testable import Apus

/// A schema with a field of every kind, for filters that are only bound.
enum FilterTestSchema {
    static func make(isDynamic: Bool) throws -> Schema {
        try Schema(
            fields: [
                Field("id", .int64), Field("vector", .floatVector(dimension: 2)), Field("flag", .bool),
                Field("a", .int64, isNullable: true), Field("b", .int32), Field("tiny", .int8), Field("f", .float),
                Field("d", .double, isNullable: true), Field("s", .varchar(maxLength: 20)),
                Field("t", .varchar(maxLength: 20), text: TextOptions(isMatched: true)), Field("meta", .json),
                Field("tags", .array(of: .varchar(maxLength: 8), maxCapacity: 8)),
                Field("numbers", .array(of: .int16, maxCapacity: 8)),
            ], primaryKey: "id", isDynamic: isDynamic)
    }

    static let plain = Result { try make(isDynamic: false) }
    static let dynamic = Result { try make(isDynamic: true) }
}
