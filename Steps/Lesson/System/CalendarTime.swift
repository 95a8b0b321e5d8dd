#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The time of day, for records that people read.
enum CalendarTime {
    /// Now, as UTC in ISO 8601 without fractions.
    static func now() -> String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
