/// How constants and values order: numbers by size whatever their type, texts by their UTF-8 bytes.
enum FilterOrder {
    /// Values of different kinds are never equal, and their order means nothing.
    enum Kind: Int, Sendable {
        case null, bool, number, text, array, other
    }

    static func kind(of value: Value) -> Kind {
        switch value {
        case .null: .null
        case .bool: .bool
        case .integer, .float, .double: .number
        case .text: .text
        case .array: .array
        default: .other
        }
    }

    /// -1, 0 or 1 as the first is smaller, equal or larger; kinds order as they are listed.
    static func order(_ left: Value, _ right: Value) -> Int {
        switch (left, right) {
        case (.bool(let left), .bool(let right)): order(left ? 1 : 0, right ? 1 : 0)
        case (.integer(let left), .integer(let right)): order(left, right)
        case (.integer(let left), .double(let right)): order(left, right)
        case (.double(let left), .integer(let right)): -order(right, left)
        case (.double(let left), .double(let right)): order(left, right)
        case (.float(let left), _): order(.double(Double(left)), right)
        case (_, .float(let right)): order(left, .double(Double(right)))
        case (.text(let left), .text(let right)): orderTexts(left, right)
        case (.array(let left), .array(let right)): orderArrays(left, right)
        default: order(kind(of: left).rawValue, kind(of: right).rawValue)
        }
    }

    static func order<Number: Comparable>(_ left: Number, _ right: Number) -> Int {
        left < right ? -1 : left > right ? 1 : 0
    }

    /// Exact, also where the integer is no double.
    static func order(_ left: Int64, _ right: Double) -> Int {
        if right >= 0x1p63 { return -1 }
        if right < -0x1p63 { return 1 }
        let whole = right.rounded(.down)
        let byWhole = order(left, Int64(whole))
        return byWhole == 0 && right > whole ? -1 : byWhole
    }

    private static func orderTexts(_ left: String, _ right: String) -> Int {
        var (left, right) = (left, right)
        return left.withUTF8 { left in
            right.withUTF8 { orderBytes(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer($0)) }
        }
    }

    static func orderBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return left[index] < right[index] ? -1 : 1
        }
        return order(left.count, right.count)
    }

    private static func orderArrays(_ left: [Value], _ right: [Value]) -> Int {
        for (left, right) in zip(left, right) {
            let order = order(left, right)
            if order != 0 { return order }
        }
        return order(left.count, right.count)
    }

    /// In order, and none twice.
    static func sortedSet(_ values: [Value]) -> [Value] {
        var result: [Value] = []
        for value in values.sorted(by: { order($0, $1) < 0 }) {
            if let last = result.last, order(last, value) == 0 { continue }
            result.append(value)
        }
        return result
    }
}
