/// Numbers as people read them in reports and on terminals.
public enum NumberText {
    /// With a fixed number of decimals: `fixed(1.005, 2)` is "1.00" or "1.01", whichever is nearer in binary.
    public static func fixed(_ value: Double, _ decimals: Int) -> String {
        precondition(value.isFinite && decimals >= 0 && decimals < 16, "only finite numbers have digits")
        let scale = power(10, Double(decimals))
        guard abs(value) * scale < 1e15 else { return "\(value)" }
        let scaled = Int64((abs(value) * scale).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        let (whole, fraction) = scaled.quotientAndRemainder(dividingBy: Int64(scale))
        guard decimals > 0 else { return sign + "\(whole)" }
        let digits = "\(fraction)"
        return sign + "\(whole)." + String(repeating: "0", count: decimals - digits.count) + digits
    }

    /// With commas between thousands, rounded to a whole number.
    public static func grouped(_ value: Double) -> String {
        var digits = fixed(value, 0)
        let sign = digits.hasPrefix("-") ? "-" : ""
        digits = String(digits.dropFirst(sign.count))
        var groups: [Substring] = []
        var rest = digits[...]
        while rest.count > 3 {
            groups.insert(rest.suffix(3), at: 0)
            rest = rest.dropLast(3)
        }
        return sign + ([rest] + groups).joined(separator: ",")
    }

    /// About three digits: 0.0123, 4.56, 78.9, 12,345.
    public static func short(_ value: Double) -> String {
        let size = abs(value)
        if size >= 100 { return grouped(value) }
        if size >= 10 { return fixed(value, 1) }
        if size >= 1 || size == 0 { return fixed(value, 2) }
        return fixed(value, size >= 0.1 ? 3 : 4)
    }

    /// Seconds as "0.4 s", "12 s", "3 min 5 s" or "2 h 10 min".
    public static func duration(_ seconds: Double) -> String {
        if seconds < 10 { return fixed(seconds, 1) + " s" }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3_600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3_600) h \(whole % 3_600 / 60) min"
    }

    /// Bytes as "512 B", "1.5 KiB", "84 MiB" and so on.
    public static func bytes(_ count: Double) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var value = count
        var unit = 0
        while value >= 1_024 && unit < units.count - 1 {
            value /= 1_024
            unit += 1
        }
        return (unit == 0 || value >= 100 ? fixed(value, 0) : fixed(value, 1)) + " " + units[unit]
    }
}
