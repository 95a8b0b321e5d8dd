/// Hits of one query that have the same value in a field.
struct HitGroup {
    let value: Value
    /// Nearest first.
    var entities: [FoundEntity]
}

/// The nearest groups of entities of one query, those with the same value in a field being a group.
///
/// Takes neighbours until there are enough groups; if the grouping is strict, until each of these has as many entities
/// as were asked for, or no entity is left.
struct GroupBySearch {
    let parts: [SelectedRows.Part]
    /// Position of the field in the schema.
    let field: Int
    let grouping: Grouping
    /// Groups wanted.
    let count: Int

    func run(
        _ neighbors: inout MergedNeighbors, _ query: QueryBlock, _ statistics: inout SearchStatistics
    ) throws -> [HitGroup] {
        var groups: [HitGroup] = []
        var places: [GroupKey: Int] = [:]
        var fullCount = 0
        while grouping.isStrict ? fullCount < count : groups.count < count,
            let entity = try neighbors.next(query, &statistics)
        {
            let value = try parts[entity.part].segment.value(field: field, row: entity.row)
            guard let place = places[GroupKey(values: [value])] else {
                guard groups.count < count else { continue }
                places[GroupKey(values: [value])] = groups.count
                groups.append(HitGroup(value: value, entities: [entity]))
                if grouping.size == 1 { fullCount += 1 }
                continue
            }
            guard groups[place].entities.count < grouping.size else { continue }
            groups[place].entities.append(entity)
            if groups[place].entities.count == grouping.size { fullCount += 1 }
        }
        return Self.ordered(groups)
    }

    /// An approximate index may give a nearer row after a farther one.
    private static func ordered(_ groups: [HitGroup]) -> [HitGroup] {
        var groups = groups
        for index in groups.indices { groups[index].entities.sort(by: FoundEntity.precedes) }
        return groups.sorted { FoundEntity.precedes($0.entities[0], $1.entities[0]) }
    }
}

extension GroupBySearch {
    /// - Throws: `ApusError` with code `invalidArgument` or `notFound` for a grouping that cannot be.
    static func check(_ grouping: Grouping, _ request: SearchRequest, schema: Schema, target: SearchTarget) throws {
        let field = schema.fields[try schema.requirePosition(of: grouping.field)]
        guard field.type.isGroupable else {
            throw invalid(
                "field '\(field.name)' of type \(field.type) is not grouped by; use Bool, VarChar or integers")
        }
        guard (1...Limits.groupSize).contains(grouping.size) else {
            throw invalid("group_size is \(grouping.size); it must be 1 to \(Limits.groupSize)")
        }
        guard request.range == nil else {
            throw invalid("group by and range search do not go together; leave one of them out")
        }
        guard !target.definition.metric.isBinary else {
            throw invalid("binary vectors are not searched with grouping; leave group_by out")
        }
    }

    private static func invalid(_ message: String) -> ApusError { ApusError(.invalidArgument, message) }
}
