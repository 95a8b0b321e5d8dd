/// Whole columns of numbers by the comparison kernels.
extension FilterEvaluator {
    /// Candidates among so many rows below which each is read by itself.
    private static let rowsForCandidate = 64

    /// Nil if the leaf is no comparison of a whole field of fixed size with constants, or if there are so few candidates
    /// that comparing all rows is not worth it.
    func numbers(_ leaf: FilterLeaf, _ column: any ScalarValues, among candidates: RowSet) -> RowSet? {
        guard leaf.operand.isWholeField, column.type.fixedByteCount != nil,
            candidates.count >= block.count / Self.rowsForCandidate, let words = words(leaf, column)
        else { return nil }
        let matching = RowSet(capacity: block.count, words: words)!
        let rows = leaf.polarity == .holds ? candidates.intersection(matching) : candidates.subtracting(matching)
        return column.nullRows(count: block.count).map(rows.subtracting) ?? rows
    }

    /// A bit for each row, whatever it is for null rows.
    private func words(_ leaf: FilterLeaf, _ column: any ScalarValues) -> [UInt64]? {
        column.withFixedValues { values in
            switch column.type {
            case .bool: bools(leaf, values)
            case .int8: integers(Int8.self, leaf, values)
            case .int16: integers(Int16.self, leaf, values)
            case .int32: integers(Int32.self, leaf, values)
            case .int64: integers(Int64.self, leaf, values)
            case .float: floats(Float.self, leaf, values)
            case .double: floats(Double.self, leaf, values)
            default: nil
            }
        }
    }

    private func bools(_ leaf: FilterLeaf, _ values: UnsafeRawPointer) -> [UInt64]? {
        guard case .matches(.isIn(let constants)) = leaf.condition, constants.count == 1 else { return nil }
        // Every byte but zero is true.
        if constants[0] == .bool(false) { return FilterKernels.best.isIn(values, count: block.count, [Int8(0)]) }
        let falses = RowSet(capacity: block.count, words: FilterKernels.best.isIn(values, count: block.count, [Int8(0)]))!
        return falses.complement(upTo: block.count).words
    }

    private func integers<Number: ColumnNumber & FixedWidthInteger>(
        _: Number.Type, _ leaf: FilterLeaf, _ values: UnsafeRawPointer
    ) -> [UInt64]? {
        switch leaf.test {
        case .isIn(let constants):
            guard case .matches(.isIn(let list)) = leaf.condition else { return nil }
            if list.count <= FilterKernels.mostConstants {
                let numbers = list.map { Number(truncatingIfNeeded: $0.integer!) }
                return FilterKernels.best.isIn(values, count: block.count, numbers)
            }
            return words(Number.self, values) { constants.integers.contains(Int64($0)) }
        case .range(let range, _):
            let low = range.lower?.value.integer.map(Number.init(truncatingIfNeeded:)) ?? .min
            let high = range.upper?.value.integer.map(Number.init(truncatingIfNeeded:)) ?? .max
            return FilterKernels.best.inRange(values, count: block.count, low...high)
        default: return nil
        }
    }

    private func floats<Number: ColumnNumber & BinaryFloatingPoint>(
        _: Number.Type, _ leaf: FilterLeaf, _ values: UnsafeRawPointer
    ) -> [UInt64]? {
        switch leaf.test {
        case .isIn(let constants):
            guard case .matches(.isIn(let list)) = leaf.condition else { return nil }
            if list.count <= FilterKernels.mostConstants {
                return FilterKernels.best.isIn(values, count: block.count, list.map { Self.number($0, Number.self) })
            }
            return words(Number.self, values) { constants.contains(.double(Double($0))) }
        case .range(let range, _):
            let low = range.lower.map { bound in
                let number = Self.number(bound.value, Number.self)
                return bound.isIncluded ? number : number.nextUp
            }
            let high = range.upper.map { bound in
                let number = Self.number(bound.value, Number.self)
                return bound.isIncluded ? number : number.nextDown
            }
            return words(low ?? -.infinity, high ?? .infinity, values)
        default: return nil
        }
    }

    private func words<Number: ColumnNumber>(
        _ low: Number, _ high: Number, _ values: UnsafeRawPointer
    ) -> [UInt64] {
        guard low <= high else { return RowSet(capacity: block.count).words }
        return FilterKernels.best.inRange(values, count: block.count, low...high)
    }

    private static func number<Number: BinaryFloatingPoint>(_ constant: Value, _: Number.Type) -> Number {
        switch constant {
        case .float(let value): Number(value)
        case .double(let value): Number(value)
        default: preconditionFailure("\(constant) was not cast to a floating point number")
        }
    }

    /// A bit for each number that is a member of something.
    @inline(__always)
    private func words<Number: ColumnNumber>(
        _: Number.Type, _ values: UnsafeRawPointer, _ isMember: (Number) -> Bool
    ) -> [UInt64] {
        var words = RowSet(capacity: block.count).words
        for row in 0..<block.count {
            let value = values.loadUnaligned(fromByteOffset: row * MemoryLayout<Number>.stride, as: Number.self)
            if isMember(value) { words[row >> 6] |= 1 << UInt64(row & 63) }
        }
        return words
    }
}
