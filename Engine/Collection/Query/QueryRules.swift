/// What a query may ask for. The texts contain those that clients of the field look for.
enum QueryRules {
    /// - Throws: `ApusError` with code `invalidArgument` or `notFound`, naming what is wrong and what is permitted.
    static func check(_ request: QueryRequest, schema: Schema) throws {
        try checkWindow(request)
        if request.aggregates.isEmpty {
            guard request.groupBy.isEmpty else {
                throw invalid("groupBy names fields, but no aggregate is asked for; name one, such as count(*)")
            }
            try checkEntities(request, schema)
        } else {
            try checkAggregates(request, schema)
        }
    }

    private static func checkWindow(_ request: QueryRequest) throws {
        guard request.offset >= 0 else { throw invalid("offset is \(request.offset); it must be 0 or more") }
        guard let limit = request.limit else { return }
        guard limit > 0, limit <= Limits.searchLimit - min(request.offset, Limits.searchLimit) else {
            throw invalid(
                "(offset+limit) should be in range [1, \(Limits.searchLimit)], but got \(request.offset)+\(limit)")
        }
    }

    private static func checkEntities(_ request: QueryRequest, _ schema: Schema) throws {
        guard request.limit != nil || !(request.filter ?? "").isEmpty else {
            throw invalid(
                "empty expression should be used with limit; give a filter, a limit, or take a query iterator")
        }
        for order in request.orderBy {
            let field = schema.fields[try schema.requirePosition(of: order.field)]
            guard field.type.isSortable else {
                throw invalid("field '\(field.name)' of type \(field.type) has no order; sort by numbers or texts")
            }
        }
    }

    private static func checkAggregates(_ request: QueryRequest, _ schema: Schema) throws {
        guard request.outputFields.isEmpty else {
            throw invalid("aggregates take the place of output fields; leave \(request.outputFields[0]) out")
        }
        guard !request.groupBy.isEmpty || (request.limit == nil && request.offset == 0) else {
            throw invalid("count entities with pagination is not allowed; leave limit and offset out, or group")
        }
        for name in request.groupBy {
            let field = schema.fields[try schema.requirePosition(of: name)]
            guard field.type.isGroupable else {
                throw invalid(
                    "field '\(name)' of type \(field.type) is not grouped by; use Bool, VarChar or integers")
            }
        }
        for aggregate in request.aggregates { try check(aggregate, schema) }
        let columns = request.groupBy + request.aggregates.map(\.name)
        for order in request.orderBy where !columns.contains(order.field) {
            throw invalid(
                "'\(order.field)' is no column of the answer; sort by one of \(columns.joined(separator: ", "))")
        }
    }

    private static func check(_ aggregate: Aggregate, _ schema: Schema) throws {
        guard let name = aggregate.field else { return }
        let type = schema.fields[try schema.requirePosition(of: name)].type
        switch aggregate {
        case .minimum, .maximum:
            guard type.isSortable else {
                throw invalid("\(aggregate.name): type \(type) has no order; use numbers or texts")
            }
        default:
            guard type.isNumber else { throw invalid("\(aggregate.name): type \(type) has no sum; use numbers") }
        }
    }

    private static func invalid(_ message: String) -> ApusError { ApusError(.invalidArgument, message) }
}
