extension ColumnData {
    /// The value of one row; nil for vectors, whose rows depend on the dimension.
    func scalarValue(at row: Int) -> Value? {
        switch self {
        case .bool(let values): .bool(values[row])
        case .int8(let values): .integer(Int64(values[row]))
        case .int16(let values): .integer(Int64(values[row]))
        case .int32(let values): .integer(Int64(values[row]))
        case .int64(let values): .integer(values[row])
        case .float(let values): .float(values[row])
        case .double(let values): .double(values[row])
        case .varchar(let values): .text(values[row])
        case .json(let values): .json(values[row])
        case .values(let values): values[row]
        case .floatVector, .float16Vector, .bfloat16Vector, .int8Vector, .binaryVector, .sparseFloatVector: nil
        }
    }

    /// Values that stand for the true rows of `valid` only, moved to their rows; nil for dense vectors, which have no
    /// null rows.
    fileprivate func spread(over valid: [Bool]) -> ColumnData? {
        switch self {
        case .bool(let values): .bool(Self.spread(values, over: valid, absent: false))
        case .int8(let values): .int8(Self.spread(values, over: valid, absent: 0))
        case .int16(let values): .int16(Self.spread(values, over: valid, absent: 0))
        case .int32(let values): .int32(Self.spread(values, over: valid, absent: 0))
        case .int64(let values): .int64(Self.spread(values, over: valid, absent: 0))
        case .float(let values): .float(Self.spread(values, over: valid, absent: 0))
        case .double(let values): .double(Self.spread(values, over: valid, absent: 0))
        case .varchar(let values): .varchar(Self.spread(values, over: valid, absent: ""))
        case .json(let values): .json(Self.spread(values, over: valid, absent: "null"))
        case .values(let values): .values(Self.spread(values, over: valid, absent: .null))
        case .floatVector, .float16Vector, .bfloat16Vector, .int8Vector, .binaryVector, .sparseFloatVector: nil
        }
    }

    private static func spread<Element>(_ values: [Element], over valid: [Bool], absent: Element) -> [Element] {
        var next = values.makeIterator()
        return valid.map { $0 ? next.next()! : absent }
    }
}

extension FieldData {
    /// The field with a value for every row. Callers may give one for each row, those of null rows meaning nothing, or
    /// for the valid rows alone.
    func rowAligned() -> FieldData {
        guard let valid, let count = data.rowCount(for: .bool), count != valid.count,
            count == valid.count(where: { $0 }), let data = data.spread(over: valid)
        else { return self }
        return FieldData(name, data, valid: valid)
    }
}
