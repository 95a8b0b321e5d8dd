#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The time of day, for records that people read; never for how long something took.
public enum CalendarTime {
    /// Now, as UTC in ISO 8601 without fractions: texts that sort by time.
    public static func now() -> String {
        text(secondsSinceEpoch: time(nil))
    }

    static func text(secondsSinceEpoch: Int) -> String {
        var seconds = time_t(secondsSinceEpoch)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
