/// Told of the progress of index builds: (rows done, rows in all), from any thread.
public struct BuildProgress: Sendable {
    let report: @Sendable (Int, Int) -> Void

    public init(_ report: @escaping @Sendable (_ done: Int, _ total: Int) -> Void) {
        self.report = report
    }

    /// Told to nobody.
    public static let silent = BuildProgress { _, _ in }
}
