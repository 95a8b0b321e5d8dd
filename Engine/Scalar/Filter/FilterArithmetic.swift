#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension FilterArithmetic {
    /// The type of what comes out for operands of a type: Int64 of integers alone, else Double; nil where the
    /// operation is not possible.
    func resultType(of type: DataType) -> DataType? {
        let isInteger = constant.integer != nil
        guard isInteger || FilterOrder.kind(of: constant) == .number else { return nil }
        let needsIntegers = FilterFolding.needsIntegers(operation)
        switch type {
        case .int8, .int16, .int32, .int64: return isInteger ? .int64 : needsIntegers ? nil : .double
        case .float, .double: return needsIntegers ? nil : .double
        case .json: return needsIntegers && !isInteger ? nil : .json
        default: return nil
        }
    }

    var dividesByZero: Bool {
        (operation == .divide || operation == .modulo) && FilterOrder.order(constant, .integer(0)) == 0
    }

    /// Of two integers: wraps around at the ends of Int64, and division drops the fraction.
    func applied(to value: Int64) -> FilterScalar? {
        switch constant {
        case .integer(let constant): FilterFolding.wrapping(operation, value, constant).map(FilterScalar.integer)
        default: applied(to: Double(value))
        }
    }

    /// Nil where the operation needs integers.
    func applied(to value: Double) -> FilterScalar? {
        let constant: Double =
            switch constant {
            case .integer(let constant): Double(constant)
            case .double(let constant): constant
            default: .nan
            }
        return FilterFolding.floating(operation, value, constant).map(FilterScalar.double)
    }
}

/// Arithmetic of constants.
enum FilterFolding {
    static func isArithmetic(_ symbol: FilterSymbol) -> Bool {
        switch symbol {
        case .plus, .minus, .times, .divide, .modulo, .power, .bitAnd, .bitOr, .bitXor: true
        default: false
        }
    }

    static func isCommutative(_ symbol: FilterSymbol) -> Bool {
        switch symbol {
        case .plus, .times, .bitAnd, .bitOr, .bitXor: true
        default: false
        }
    }

    static func needsIntegers(_ symbol: FilterSymbol) -> Bool {
        switch symbol {
        case .modulo, .bitAnd, .bitOr, .bitXor: true
        default: false
        }
    }

    /// The forms that constants have in a filter: floats are doubles. Nil for what is none.
    static func constant(_ value: Value) -> Value? {
        switch value {
        case .bool, .integer, .text: return value
        case .float(let number): return number.isNaN ? nil : .double(Double(number))
        case .double(let number): return number.isNaN ? nil : value
        case .array(let elements):
            let constants = elements.compactMap(constant)
            return constants.count == elements.count ? .array(constants) : nil
        default: return nil
        }
    }

    /// Nil if the operand is no number of the kind, or the result out of range.
    static func value(_ symbol: FilterSymbol, _ operand: Value) -> Value? {
        switch (symbol, operand) {
        case (.plus, .integer), (.plus, .double): return operand
        // The least integer is written as a minus before a number that does not fit.
        case (.minus, .integer(let value)): return value == .min ? nil : .integer(-value)
        case (.minus, .double(let value)): return .double(-value)
        case (.tilde, .integer(let value)): return .integer(~value)
        default: return nil
        }
    }

    static func value(_ symbol: FilterSymbol, _ left: Value, _ right: Value, at position: Int) throws -> Value {
        guard FilterOrder.kind(of: left) == .number, FilterOrder.kind(of: right) == .number else {
            throw FilterError(at: position, "'\(symbol.rawValue)' takes numbers")
        }
        guard !FilterArithmetic(operation: symbol, constant: right).dividesByZero else {
            throw FilterError(at: position, "division by zero")
        }
        if case (.integer(let left), .integer(let right)) = (left, right), symbol != .power || right >= 0 {
            guard let value = exact(symbol, left, right) else {
                throw FilterError(at: position, "the result is out of range of Int64")
            }
            return .integer(value)
        }
        guard let value = floating(symbol, double(left), double(right)) else {
            throw FilterError(at: position, "'\(symbol.rawValue)' takes integers")
        }
        guard value.isFinite else { throw FilterError(at: position, "the result is out of range of Double") }
        return .double(value)
    }

    private static func double(_ value: Value) -> Double {
        switch value {
        case .integer(let value): Double(value)
        case .double(let value): value
        default: .nan
        }
    }

    /// Nil if the result does not fit.
    private static func exact(_ symbol: FilterSymbol, _ left: Int64, _ right: Int64) -> Int64? {
        let (value, overflow): (Int64, Bool)
        switch symbol {
        case .plus: (value, overflow) = left.addingReportingOverflow(right)
        case .minus: (value, overflow) = left.subtractingReportingOverflow(right)
        case .times: (value, overflow) = left.multipliedReportingOverflow(by: right)
        case .divide: (value, overflow) = left.dividedReportingOverflow(by: right)
        case .power: return power(left, right)
        default: return wrapping(symbol, left, right)
        }
        return overflow ? nil : value
    }

    /// By squaring. Nil if the result does not fit.
    private static func power(_ base: Int64, _ exponent: Int64) -> Int64? {
        var (result, base, exponent): (Int64, Int64, Int64) = (1, base, exponent)
        while true {
            if exponent & 1 == 1 {
                let (product, overflow) = result.multipliedReportingOverflow(by: base)
                if overflow { return nil }
                result = product
            }
            exponent >>= 1
            if exponent == 0 { return result }
            let (square, overflow) = base.multipliedReportingOverflow(by: base)
            if overflow { return nil }
            base = square
        }
    }

    /// Nil for a division by zero, and for what is no operation between two integers.
    static func wrapping(_ symbol: FilterSymbol, _ left: Int64, _ right: Int64) -> Int64? {
        switch symbol {
        case .plus: left &+ right
        case .minus: left &- right
        case .times: left &* right
        case .divide: right == 0 ? nil : left.dividedReportingOverflow(by: right).partialValue
        case .modulo: right == 0 ? nil : left.remainderReportingOverflow(dividingBy: right).partialValue
        case .bitAnd: left & right
        case .bitOr: left | right
        case .bitXor: left ^ right
        default: nil
        }
    }

    /// Nil for what is no operation between two doubles.
    static func floating(_ symbol: FilterSymbol, _ left: Double, _ right: Double) -> Double? {
        switch symbol {
        case .plus: left + right
        case .minus: left - right
        case .times: left * right
        case .divide: left / right
        case .power: pow(left, right)
        default: nil
        }
    }
}
