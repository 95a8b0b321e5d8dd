/// The aggregates of a query over the selected rows, for each group of them.
struct Aggregation {
    private let aggregates: [Aggregate]
    private let groupFields: [Int]
    /// The fields that the aggregates read; nil for counts.
    private let fields: [Int?]
    private let types: [DataType?]
    private var groups: [GroupKey: [Accumulator]] = [:]

    init(_ request: QueryRequest, schema: Schema) throws {
        aggregates = request.aggregates
        groupFields = try request.groupBy.map { try schema.requirePosition(of: $0) }
        fields = try request.aggregates.map { try $0.field.map { try schema.requirePosition(of: $0) } }
        types = fields.map { $0.map { schema.fields[$0].type } }
        // Without groups there is an answer also where no row is selected.
        if groupFields.isEmpty { groups[GroupKey(values: [])] = fresh }
    }

    private var fresh: [Accumulator] { zip(aggregates, types).map { Accumulator($0, $1) } }

    /// Adds the rows of a segment.
    ///
    /// - Throws: `ApusError` if a sum of integers leaves the range of Int64.
    mutating func add(_ part: SelectedRows.Part) throws {
        if groupFields.isEmpty, aggregates.allSatisfy({ $0 == .count }) {
            // The bitmap knows the count.
            for index in aggregates.indices { groups[GroupKey(values: [])]![index].add(count: part.count) }
            return
        }
        for row in part.rows { try add(part.segment, Int(row)) }
    }

    private mutating func add(_ segment: any Segment, _ row: Int) throws {
        let key = GroupKey(values: try groupFields.map { try segment.value(field: $0, row: row) })
        var accumulators = groups.removeValue(forKey: key) ?? fresh
        for (index, field) in fields.enumerated() {
            if let field {
                try accumulators[index].add(try segment.value(field: field, row: row))
            } else {
                accumulators[index].add(count: 1)
            }
        }
        groups[key] = accumulators
    }

    /// One row a group, sorted as the query asks, equal ones by the values of the group.
    func rows(_ request: QueryRequest) -> [[String: Value]] {
        let limit = request.limit.map { $0 + request.offset }
        var first = FirstElements<(key: GroupKey, values: [String: Value])>(limit: limit) { left, right in
            for order in request.orderBy {
                let compared = ScalarOrder.compare(
                    left.values[order.field]!, right.values[order.field]!, order.direction)
                if compared != 0 { return compared < 0 }
            }
            return GroupKey.precedes(left.key, right.key)
        }
        for (key, accumulators) in groups {
            var values = Dictionary(zip(request.groupBy, key.values), uniquingKeysWith: { first, _ in first })
            for (aggregate, accumulator) in zip(aggregates, accumulators) { values[aggregate.name] = accumulator.value }
            first.offer((key, values))
        }
        return first.sorted().dropFirst(request.offset).map(\.values)
    }
}

/// One aggregate while rows go by.
private struct Accumulator {
    private let aggregate: Aggregate
    private let isInteger: Bool
    private var count: Int64 = 0
    private var integerSum: Int64 = 0
    private var sum = CompensatedSum()
    private var extreme: Value = .null

    init(_ aggregate: Aggregate, _ type: DataType?) {
        self.aggregate = aggregate
        isInteger = type?.integerRange != nil
    }

    mutating func add(count added: Int) { count += Int64(added) }

    mutating func add(_ value: Value) throws {
        if value == .null { return }
        count += 1
        switch aggregate {
        case .count: break
        case .sum where isInteger: try addInteger(value)
        case .sum, .average: sum.add(value.number)
        case .minimum: if extreme == .null || ScalarOrder.compare(value, extreme) < 0 { extreme = value }
        case .maximum: if extreme == .null || ScalarOrder.compare(value, extreme) > 0 { extreme = value }
        }
    }

    private mutating func addInteger(_ value: Value) throws {
        guard case .integer(let number) = value else { preconditionFailure("\(value) is no integer") }
        let (total, overflow) = integerSum.addingReportingOverflow(number)
        guard !overflow else {
            throw ApusError(
                .invalidArgument, "\(aggregate.name) leaves the range of 64-bit integers; ask for the average")
        }
        integerSum = total
    }

    var value: Value {
        switch aggregate {
        case .count: .integer(count)
        case .sum: count == 0 ? .null : isInteger ? .integer(integerSum) : .double(sum.total)
        case .average: count == 0 ? .null : .double(sum.total / Double(count))
        case .minimum, .maximum: extreme
        }
    }
}

/// A sum of floating point numbers that keeps what rounding loses (Neumaier 1974), so that it hardly depends on their
/// order.
private struct CompensatedSum {
    private var sum = 0.0
    private var lost = 0.0

    mutating func add(_ number: Double) {
        let next = sum + number
        lost += abs(sum) >= abs(number) ? (sum - next) + number : (number - next) + sum
        sum = next
    }

    /// Infinite if the sum leaves the range of a double, where nothing can be kept.
    var total: Double { sum.isFinite ? sum + lost : sum }
}

extension Value {
    /// A numeric value as a double.
    fileprivate var number: Double {
        switch self {
        case .integer(let number): Double(number)
        case .float(let number): Double(number)
        case .double(let number): number
        default: preconditionFailure("\(self) is no number")
        }
    }
}
