/// Which ranks of an answer are asked for.
enum SearchWindow {
    /// - Throws: `ApusError` with code `invalidArgument` that says what is permitted.
    static func check(limit: Int, offset: Int) throws {
        guard (1...Limits.searchLimit).contains(limit) else {
            throw ApusError(.invalidArgument, "limit is \(limit); it must be 1 to \(Limits.searchLimit)")
        }
        guard (0...Limits.searchLimit - limit).contains(offset) else {
            throw ApusError(
                .invalidArgument,
                "(offset+limit) should be in range [1, \(Limits.searchLimit)], but got \(offset)+\(limit)")
        }
    }
}
