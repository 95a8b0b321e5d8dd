/// Numbers of JSON documents.
enum JSONNumber {
    /// An integer if the text has neither fraction nor exponent and fits 64 bits, else the nearest double. Nil if the
    /// text is no number.
    static func value(of text: UnsafeRawBufferPointer) -> JSONScalar? {
        guard let parts = Parts(text) else { return nil }
        if let integer = parts.integer { return .integer(integer) }
        return (parts.exactDouble ?? Double(String(decoding: text, as: UTF8.self))).map(JSONScalar.number)
    }

    /// A number as digits times a power of ten.
    private struct Parts {
        private var isNegative = false
        /// All digits as one number; nil if they do not fit.
        private var digits: UInt64? = 0
        private var exponent = 0
        private var isInteger = true

        init?(_ text: UnsafeRawBufferPointer) {
            var position = 0
            if text.first == UInt8(ascii: "-") {
                isNegative = true
                position = 1
            }
            guard takeDigits(text, &position) > 0 else { return nil }
            if position < text.count, text[position] == UInt8(ascii: ".") {
                position += 1
                isInteger = false
                let count = takeDigits(text, &position)
                guard count > 0 else { return nil }
                exponent = -count
            }
            guard takeExponent(text, &position), position == text.count else { return nil }
        }

        private mutating func takeDigits(_ text: UnsafeRawBufferPointer, _ position: inout Int) -> Int {
            let start = position
            while position < text.count, case let digit = text[position] &- UInt8(ascii: "0"), digit < 10 {
                digits = digits.flatMap { JSONNumber.appending(digit, to: $0) }
                position += 1
            }
            return position - start
        }

        private mutating func takeExponent(_ text: UnsafeRawBufferPointer, _ position: inout Int) -> Bool {
            guard position < text.count, text[position] | 0x20 == UInt8(ascii: "e") else { return true }
            position += 1
            isInteger = false
            let digits = UnsafeRawBufferPointer(rebasing: text[position...])
            guard let power = Int(String(decoding: digits, as: UTF8.self)) else {
                // Too many digits for a power, but perhaps a number all the same: left to the slow way.
                self.digits = nil
                position = text.count
                return true
            }
            exponent = min(max(power, -10_000), 10_000) + exponent
            position = text.count
            return true
        }

        var integer: Int64? {
            guard isInteger, let digits else { return nil }
            if isNegative { return digits <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- digits) : nil }
            return Int64(exactly: digits)
        }

        /// The double, where digits and power of ten are exact doubles, so that one rounding gives the nearest
        /// (Clinger 1990).
        var exactDouble: Double? {
            guard let digits, digits <= 1 << 53, abs(exponent) < JSONNumber.powersOfTen.count else { return nil }
            let power = JSONNumber.powersOfTen[abs(exponent)]
            let size = exponent < 0 ? Double(digits) / power : Double(digits) * power
            return isNegative ? -size : size
        }
    }

    private static func appending(_ digit: UInt8, to number: UInt64) -> UInt64? {
        let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tens.addingReportingOverflow(UInt64(digit))
        return overflow || carry ? nil : sum
    }

    /// The powers of ten that a double holds exactly.
    private static let powersOfTen: [Double] = (0...22).reduce(into: []) { powers, _ in
        powers.append(powers.last.map { $0 * 10 } ?? 1)
    }
}
